import { expect, it } from 'vitest';
import { secrets } from '../../../doctor/checks/secrets.ts';
import { topology as store } from '../../../examples/secret-store.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';
import { target } from './targets.ts';

const remedies = async (from: Topology, cluster: string, ...objects: KubeObject[]) =>
  (await secrets(target(objects, from, cluster))).map((verdict) =>
    verdict.level === 'ok' ? verdict.what : [verdict.what, verdict.why, verdict.remedy],
  );

const RECIPIENT = 'age1ngdl7vmr3lxfjr0pvdf4gr50k4lfnx8wtj6969trga80udex6dkqfkemac';

it.each<[string, Topology['secrets'], string]>([
  ['in a file', 'file', 'npm run synth, then kubectl --context vm-b apply -f dist/vm-b'],
  ['with somebody else', 'external', 'npm run certs -- export, and have your secret manager provide it'],
  [
    'in Git, encrypted',
    { kind: 'sops', recipients: [RECIPIENT] },
    'npm run synth, then commit what changed, for Flux, or for file in dist/vm-b/secrets/*.sops.yaml; do sops decrypt "$file" | kubectl --context vm-b apply -f -; done',
  ],
])('says how a Secret that is missing gets there: %s', async (_, kind, remedy) => {
  const [first] = await remedies({ ...topology, secrets: kind! }, 'vm-b');
  expect(first).toEqual([
    expect.stringMatching(/^the Secret nats-\S+ is missing$/),
    expect.stringContaining('pods that mount it do not start'),
    remedy,
  ]);
});

it('says what the operator says of a Secret that it did not bring', async () => {
  const object = (name: string, status: string, message: string): KubeObject => ({
    kind: 'ExternalSecret',
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status, message }] },
  });
  const found = await remedies(
    store,
    'branch',
    object('nats-leaf-tls', 'False', 'could not get secret data from provider'),
    object('nats-leaf-accounts', 'True', 'secret synced'),
  );
  const why = (name: string) => found.find(([what]) => what === `the Secret ${name} is missing`)![1];
  expect(why('nats-leaf-tls')).toContain(
    '; the External Secrets Operator says: could not get secret data from provider',
  );
  expect(why('nats-leaf-accounts')).not.toContain('Operator');
});
