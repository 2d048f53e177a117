import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { NATS_BOX } from '../../model/images.ts';
import type { Topology } from '../../model/topology.ts';
import { topology as defaultTopology } from '../../topology.ts';
import * as mesh from '../support/mesh/world.ts';
import { describeReal } from '../support/parts.ts';

const { sh } = mesh;
const SUBJECT = 'orders.created';

const topology: Topology = {
  brokerCluster: {
    ...defaultTopology.brokerCluster,
    clients: [{ name: 'orders', namespace: 'shop', publish: [SUBJECT], subscribe: [SUBJECT] }],
  },
  leafClusters: [
    {
      ...defaultTopology.leafClusters[0]!,
      clients: [{ name: 'tills', namespace: 'shop', subscribe: [SUBJECT] }],
    },
  ],
};

/** The pod that docs/clients.md has for copying, with a program that does what the tests say. */
function documentedPod(name: string): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'clients.md'), 'utf8');
  const [, yaml = ''] = /## A pod to copy\n\n```yaml\n(.*?)```/s.exec(text) ?? [];
  return yaml
    .replace('replicas: 2', 'replicas: 1')
    .replace(/image: \S+/, `image: ${NATS_BOX}\n          command: [sleep, "3600"]`)
    .replace('    spec:\n', '    spec:\n      terminationGracePeriodSeconds: 1\n')
    .replaceAll(/\borders\b(?!\.created)/g, name);
}

const NAMESPACE = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, annotations: { linkerd.io/inject: enabled } }
---
`;

/** The library's own commands with what lies in the Secret, as an application signs in. */
const SIGN_IN = `cd /etc/nats; export NATS_URL=$(cat url) NATS_USER=$(cat username) NATS_PASSWORD=$(cat password)
if [ -f tls.crt ]; then export NATS_CA=ca.crt NATS_CERT=tls.crt NATS_KEY=tls.key; fi
n() { nats --timeout 5s --inbox-prefix "_INBOX_$NATS_USER" "$@"; }
`;

describeReal(mesh.MESH_PARTS, 'clients of another team on two real clusters', () => {
  let project: mesh.Project;
  const apply = (context: string, manifest: string) =>
    sh(`kubectl --context ${context} apply -f - <<'Y'\n${manifest}\nY`, project.folder);
  const secretOf = (context: string) => sh(`cat dist/${context}/clients/shop/*.yaml`, project.folder);
  const inShop = (context: string, name: string, script: string, namespace = 'shop') =>
    `kubectl --context ${context} -n ${namespace} exec deploy/${name} -c ${name} -- sh -c '${SIGN_IN}${script}'`;

  /** Other parties beside the client on vm-a, each with the client's own Secret in a pod like the client's. */
  const others = [
    ['another service account of the same namespace', 'shop', 'stranger', 'enabled', 'EOF'],
    ['the same service account without a proxy', 'shop', 'orders', 'disabled', 'Connection refused'],
    ['a service account of the same name in another namespace', 'meshed', 'orders', 'enabled', 'EOF'],
  ] as const;
  const nameOf = (account: string, inject: string) => `${account}-${inject}`;

  beforeAll(async () => {
    project = mesh.Project.afresh(topology);
    project.synth();
    sh('for c in vm-a vm-b; do kubectl --context $c apply -f dist/$c; done', project.folder);
    for (const [context, name] of [
      ['vm-a', 'orders'],
      ['vm-b', 'tills'],
    ] as const) {
      apply(context, NAMESPACE('shop') + documentedPod(name));
      sh(`kubectl --context ${context} apply -f dist/${context}/clients/shop`, project.folder);
    }
    apply(
      'vm-a',
      NAMESPACE('meshed') + secretOf('vm-a').replaceAll(/namespace: "?shop"?/g, 'namespace: meshed'),
    );
    for (const [, namespace, account, inject] of others) {
      const pod = documentedPod(nameOf(account, inject))
        .replaceAll('namespace: shop', `namespace: ${namespace}`)
        .replace(/secretName: \S+/, 'secretName: nats-orders')
        .replace(/(kind: ServiceAccount\nmetadata: \{ name: )[^,]+/, `$1${account}`)
        .replace(/serviceAccountName: \S+/, `serviceAccountName: ${account}`)
        .replace('linkerd.io/inject: enabled', `linkerd.io/inject: ${inject}`);
      apply('vm-a', pod);
    }
    await mesh.messagesFlow('vm-b', 3, 240);
  });

  it('carries a message from one to the other, each with what lies in its Secret alone', () => {
    // Core NATS keeps nothing for a subscriber that is not there yet, so that it is said until it is heard.
    const said = sh(`heard=$(mktemp)
${inShop('vm-b', 'tills', `n sub ${SUBJECT} --count 1 --raw`)} >"$heard" & waiting=$!
while kill -0 $waiting 2>/dev/null; do ${inShop('vm-a', 'orders', `n pub ${SUBJECT} "one coat"`)}; sleep 1; done
cat "$heard"; rm "$heard"`);
    expect(said).toContain('one coat');
  });

  it.each(others)('refuses %s', (_, namespace, account, inject, text) => {
    const look = 'n rtt 2>&1 || true; wget -q -T 5 -O - "http://${NATS_URL#*://}" 2>&1 || true';
    const said = sh(inShop('vm-a', nameOf(account, inject), look, namespace));
    expect(said).toContain('Failed to compute rtt');
    expect(said).toContain(text);
  });

  it('is said by the doctor not to come in where its namespace is not meshed, or its service account is gone', async () => {
    await project.healthy();
    sh(`kubectl --context vm-b annotate namespace shop linkerd.io/inject-
kubectl --context vm-b -n shop delete serviceaccount tills`);
    const { status, said } = project.doctor();
    expect(status).toBe(1);
    expect(said).toContain('the namespace shop is not meshed');
    expect(said).toContain('the service account tills of tills does not exist in shop');
    apply('vm-b', NAMESPACE('shop') + documentedPod('tills'));
    await project.healthy();
  });
});
