import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { type Issued, issuedIn } from '../../../certs/read-issued.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { linkerdIdentity } from '../../../doctor/checks/linkerd-identity.ts';
import { topology as own } from '../../../examples/own-anchors.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';
import { resolve } from '../../../model/resolve.ts';
import { mintedFolder, read } from '../../support/certs/fixtures.ts';
import { target } from './targets.ts';

const folder = () => mintedFolder(own, new Date('2026-11-22T10:00:00Z'));

/** What is said of vm-b, whose Linkerd has these anchors and the minted issuer. */
async function said(issued: string, anchors: string): Promise<string[]> {
  const objects: KubeObject[] = [
    {
      ...{ kind: 'ConfigMap', metadata: { name: 'linkerd-identity-trust-roots' } },
      data: { 'ca-bundle.crt': anchors },
    },
    {
      ...{ kind: 'Secret', metadata: { name: 'linkerd-identity-issuer' } },
      data: { 'crt.pem': Buffer.from(read(issued, 'cluster-b-issuer.crt')).toString('base64') },
    },
  ];
  const credentials = issuedIn(issued, resolve(own), new Date('2026-11-22T12:00:00Z')) as Issued;
  const verdicts = await linkerdIdentity(target(objects, own, 'vm-b', credentials));
  return verdicts.map(({ level, what }) => `${level}: ${what}`);
}

it('is content with the anchor of that cluster', async () => {
  const issued = folder();
  expect(await said(issued, read(issued, 'vm-b-ca.crt'))).toEqual(['ok: as issued']);
});

it('finds the anchor of another cluster that is trusted too, because its issuer opens this one', async () => {
  const issued = folder();
  expect(await said(issued, read(issued, 'vm-b-ca.crt') + read(issued, 'vm-a-ca.crt'))).toEqual([
    'problem: Linkerd trusts a root that was not issued for vm-b: CN=vm-a-ca',
  ]);
});

it('wants both anchors while that of the cluster is rotated', async () => {
  const issued = folder();
  const old = read(issued, 'vm-b-ca.crt');
  rotateRoot(resolve(own), issued, 'vm-b-ca', undefined, { now: new Date('2026-11-22T11:00:00Z') });
  expect(await said(issued, old)).toEqual(['problem: Linkerd does not trust the issued root: CN=vm-b-ca']);
  expect(await said(issued, read(issued, 'vm-b-ca-bundle.crt'))).toEqual(['ok: as issued']);
});
