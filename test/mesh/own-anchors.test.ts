import { X509Certificate } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { certificateBlocks } from '../../certs/x509/pem.ts';
import type { Topology } from '../../model/topology.ts';
import { topology as shared } from '../../topology.ts';
import * as mesh from '../support/mesh/world.ts';
import { describeReal } from '../support/parts.ts';

const own: Topology = {
  ...shared,
  leafClusters: shared.leafClusters.map((leaf) => ({ ...leaf, trustAnchor: 'own' })),
};

const SHARED = 'CN=root.linkerd.cluster.local';
const OWN = 'CN=vm-b-ca';

describeReal(mesh.MESH_PARTS, 'a real cluster that shares its anchor', () => {
  let project: mesh.Project;
  let trustBoth = '';

  beforeAll(async () => {
    project = mesh.Project.afresh();
    project.synth();
    mesh.sh('for c in vm-a vm-b; do kubectl --context $c apply -f dist/$c; done', project.folder);
    await mesh.messagesFlow('vm-b', 5, 240);
  });

  /** Subjects of the roots that Linkerd trusts on a cluster, and whether one of them signed its issuer. */
  function linkerdOf(context: string) {
    const read = (what: string) => mesh.sh(`kubectl --context ${context} -n linkerd get ${what}`);
    const parsed = (pem: string) => certificateBlocks(pem).map((block) => new X509Certificate(block));
    const roots = parsed(
      read("configmap/linkerd-identity-trust-roots -o jsonpath='{.data.ca-bundle\\.crt}'"),
    );
    const [issuer] = parsed(
      read("secret/linkerd-identity-issuer -o jsonpath='{.data.crt\\.pem}' | base64 -d"),
    );
    return {
      trusts: roots.map(({ subject }) => subject).sort(),
      signedBy: roots.find(({ publicKey }) => issuer!.verify(publicKey))?.subject,
    };
  }

  /** Follows printed steps, whose `linkerd check --proxy` has to pass, until messages cross and the doctor finds nothing. */
  async function follow(printed: string) {
    project.follow(printed);
    await mesh.messagesFlow('vm-b', 5, 180);
    await project.healthy();
  }

  it('is told how to leave it', () => {
    project.describe(own);
    expect(() => project.synth()).toThrow('run `npm run certs -- rotate anchor vm-b`');
  });

  it('trusts both by the printed steps of the first stage', async () => {
    trustBoth = project.certs('rotate anchor vm-b');
    await follow(trustBoth);
    expect(linkerdOf('vm-b')).toEqual({ trusts: [SHARED, OWN], signedBy: SHARED });
  });

  it('has an issuer of its own anchor by those of the second', async () => {
    await follow(project.certs('rotate anchor vm-b --confirmed bundle'));
    expect(linkerdOf('vm-b')).toEqual({ trusts: [SHARED, OWN], signedBy: OWN });
  });

  it('trusts its own alone by those of the last, and the other cluster is as it was', async () => {
    await follow(project.certs('rotate anchor vm-b --confirmed switch'));
    expect(linkerdOf('vm-b')).toEqual({ trusts: [OWN], signedBy: OWN });
    expect(linkerdOf('vm-a')).toEqual({ trusts: [SHARED], signedBy: SHARED });
  });

  it('comes back to it as docs/certificates.md says', async () => {
    const issued = (file: string) => join(project.folder, 'certs', 'issued', file);
    for (const ending of ['crt', 'key'])
      copyFileSync(issued(`ca.${ending}`), issued(`vm-b-ca-next.${ending}`));
    project.certs();
    await follow(trustBoth);
    for (const stage of ['bundle', 'switch'])
      await follow(project.certs(`rotate anchor vm-b --confirmed ${stage}`));
    expect(linkerdOf('vm-b')).toEqual({ trusts: [SHARED], signedBy: SHARED });
    project.describe(shared);
    project.synth();
    await project.healthy();
  });
});
