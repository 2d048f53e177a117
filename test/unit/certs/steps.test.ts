import { expect, it } from 'vitest';
import { credentialPlan } from '../../../certs/plan.ts';
import { type Renewal, renewalOf } from '../../../certs/rotate.ts';
import { renewalSteps } from '../../../certs/runbook/renewal.ts';
import { rootSteps } from '../../../certs/runbook/root-rotation.ts';
import { findSecretRefs } from '../../../certs/secret-refs.ts';
import { ISSUED } from '../../../certs/store/folder.ts';
import { topology as clients } from '../../../examples/clients.ts';
import { topology as devices } from '../../../examples/mqtt.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology } from '../../support/certs/fixtures.ts';

const scraper = { serviceAccount: 'prometheus', namespace: 'monitoring' };

const wanted: Topology = {
  ...topology,
  brokerCluster: { ...topology.brokerCluster, externalClients: [{ name: 'billing', networks: 'anywhere' }] },
};
const secretRefs = findSecretRefs(resolve(wanted));
const { certificates, passwords } = credentialPlan(resolve(wanted));
const rootNamed = (name: string, of = wanted) =>
  credentialPlan(resolve(of)).certificates.find((root) => root.name === name)!;
const [ca, natsCa] = [rootNamed('ca'), rootNamed('nats-ca')];
const input = (folder: string) => ({ model: resolve(wanted), secretRefs, folder, issued: new Map() });
const renewed = (...names: string[]) => renewalSteps({ certificates: names }, input('certs/issued'));

it.each(['certs/issued', ISSUED])('take the default folder %s for granted', (folder) => {
  expect(renewalSteps({ passwords }, input(folder))).toContain('npm run synth');
});

it('name another folder in every command', () => {
  const all = (secrets: Topology['secrets']) => {
    const to = { ...input("my vm's/issued"), model: resolve({ ...wanted, secrets }) };
    return [
      ...(['bundle', 'switch', 'retire'] as const).flatMap((stage) => [
        ...rootSteps(ca, stage, to),
        ...rootSteps(natsCa, stage, to),
      ]),
      ...renewalSteps({ certificates: certificates.map(({ name }) => name) }, to),
      ...renewalSteps({ passwords }, to),
    ];
  };
  const lines = [...all('file'), ...all('external')];
  const commands = lines.filter((line) => /npm run|\.crt|\.key/.test(line));
  expect(commands.length).toBeGreaterThan(30);
  const folder =
    /--folder 'my vm'\\''s\/issued'|my vm'(\\'')?s\/issued\/|every NATS CA in|Keep it as you keep/;
  expect(commands.filter((line) => !folder.test(line))).toEqual([]);
  expect(lines.join('\n')).not.toContain('certs/issued');
});

it('give the command that shuts the thief of a key out', () => {
  expect(renewed('vm-a-nats-publisher').slice(-2)).toEqual([
    '# An old certificate is good until it ends. If its key was stolen, rotate the password that goes with it:',
    '#   npm run certs -- rotate password vm-a/natsuser',
  ]);
  expect(renewed('vm-b-nats-leaf').slice(-2)).toEqual([
    '#   npm run certs -- rotate password vm-a/leaf-vm-b',
    '#   npm run certs -- revoke leaf vm-b   # or shut it out',
  ]);
  const both = renewalSteps({ certificates: ['vm-b-nats-leaf'], passwords: ['vm-a/leaf-vm-b'] }, input('x'));
  expect(both.join('\n')).not.toContain('stolen');
});

it.each(certificates.filter(({ role }) => role === 'leaf' || role === 'client'))(
  'rotate a password that there is, for $name',
  ({ name }) => {
    const [, password] = /rotate password (\S+)/.exec(renewed(name).join('\n')) ?? [];
    expect(passwords).toContain(password);
  },
);

it('hand over what no Secret carries', () => {
  const handed = renewalSteps({ certificates: ['vm-a-billing', 'vm-a-sys'] }, input('certs/issued'));
  expect(handed.filter((line) => line.startsWith('# Hand'))).toEqual([
    '# Hand certs/issued/vm-a-billing.crt and certs/issued/vm-a-billing.key to whoever signs in as billing.',
    '# Hand certs/issued/vm-a-sys.crt and certs/issued/vm-a-sys.key to whoever signs in as sys.',
  ]);
  const password = renewalSteps({ passwords: ['vm-a/billing', 'vm-a/natsuser'] }, input('certs/issued'));
  expect(password.filter((line) => line.startsWith('# Hand'))).toEqual([
    '# Hand the password "vm-a/billing" of certs/issued/passwords.json to whoever signs in with it.',
  ]);
});

it('take many renewals to their clusters in one go', () => {
  const steps = renewed('cluster-a-issuer', 'cluster-b-issuer', 'vm-a-nats-broker', 'vm-b-nats-leaf');
  const times = (text: string) => steps.filter((line) => line.includes(text)).length;
  expect(times('--identity-issuer-certificate-file')).toBe(2);
  expect(steps.filter((line) => line === 'npm run synth')).toHaveLength(1);
  expect(steps.filter((line) => / apply -f dist\//.test(line))).toEqual([
    'kubectl --context vm-a apply -f dist/vm-a',
    'kubectl --context vm-b apply -f dist/vm-b',
  ]);
  expect(times('npm run doctor')).toBe(3);
  const both = renewed('vm-b-nats-leaf', 'vm-a-nats-publisher');
  expect(both.at(-1)).toBe('#   npm run certs -- rotate password <cluster>/<user>');
});

it('have Flux take Secrets that are encrypted in Git, or decrypt them', () => {
  const secrets = {
    kind: 'sops',
    recipients: ['age1ngdl7vmr3lxfjr0pvdf4gr50k4lfnx8wtj6969trga80udex6dkqfkemac'],
  } as const;
  const to = { ...input('certs/issued'), model: resolve({ ...wanted, secrets }) };
  const steps = renewalSteps({ certificates: ['vm-b-nats-leaf'] }, to);
  expect(steps).toContain(
    'for file in dist/vm-b/secrets/*.sops.yaml; do sops decrypt "$file" | kubectl --context vm-b apply -f -; done',
  );
  expect(steps).toContain(
    "# Where Flux takes them from Git, commit and push each cluster's in place of the command that decrypts them,",
  );
  expect(steps.join('\n')).not.toContain('apply -f dist');
});

it('tell the Prometheus of the clusters when new certificates end', () => {
  const brokerCluster = {
    ...wanted.brokerCluster,
    monitoring: { kind: 'prometheus-operator' } as const,
    scraper,
  };
  const renewal = { certificates: ['vm-b-nats-leaf'] };
  const steps = (secrets: Topology['secrets']) =>
    renewalSteps(renewal, {
      ...input('certs/issued'),
      model: resolve({ ...wanted, brokerCluster, secrets }),
    });
  expect(steps('file')).toContain('kubectl --context vm-a apply -f dist/vm-a/monitoring');
  expect([...steps('external'), ...renewed('vm-b-nats-leaf')].join('\n')).not.toContain('/monitoring');
});

it('see the certificate of the broker through the doctor, because its port lets no stranger in', () => {
  const steps = renewed('vm-a-nats-broker');
  expect(steps.at(-1)).toBe('npm run doctor');
  expect(steps.join('\n')).not.toContain('s_client');
});

it('look for what the servers say after the apply, and not for what they said the last time', () => {
  const steps = renewed('vm-b-nats-leaf');
  expect(steps[0]).toBe('applied=$(date -u +%Y-%m-%dT%H:%M:%SZ)');
  expect(steps.filter((line) => line.includes(' logs '))).toEqual([
    'kubectl --context vm-b -n nats-system logs -l app=nats-leaf -c config-reloader --prefix --since-time="$applied"',
  ]);
  expect(steps.indexOf('npm run synth')).toBeGreaterThan(0);
  expect(renewed('vm-a-nats-publisher').join('\n')).not.toContain('config-reloader');
});

it.each(['bundle', 'switch'] as const)(
  'go no further than stage %s when they are pasted at once',
  (stage) => {
    for (const steps of [
      rootSteps(ca, stage, input('certs/issued')),
      rootSteps(natsCa, stage, input('certs/issued')),
    ]) {
      const next = steps.filter((line) => line.includes(`--confirmed ${stage}`));
      expect(next).toEqual([expect.stringMatching(/^# {3}npm run certs -- rotate /)]);
    }
  },
);

it.each(['bundle', 'switch', 'retire'] as const)(
  'wait for the injector before workloads restart, at the stage %s of the anchor',
  (stage) => {
    const steps = rootSteps(ca, stage, input('certs/issued'));
    for (const cluster of ['vm-a', 'vm-b']) {
      const restart = steps.indexOf(
        `kubectl --context ${cluster} -n nats-system rollout restart statefulset,deploy`,
      );
      expect(steps[restart - 1]).toBe(`kubectl --context ${cluster} -n linkerd rollout status deploy`);
    }
  },
);

it('take a client the Secret in its own namespace, beside what the server knows of it', () => {
  const model = resolve(clients);
  const to = { ...input(ISSUED), model, secretRefs: findSecretRefs(model) };
  const applied = (renewal: Renewal) =>
    renewalSteps(renewal, to).filter((line) => line.startsWith('kubectl') && line.includes(' apply '));
  expect(applied({ passwords: ['office/orders'] })).toEqual([
    'kubectl --context office apply -f dist/office -f dist/office/clients/shop',
  ]);
  expect(applied({ certificates: ['office-reports'] })).toEqual([
    'kubectl --context office apply -f dist/office -f dist/office/clients/finance',
  ]);
  expect(applied({ passwords: ['branch/tills', 'branch/checkout-1', 'office/sys'] })).toEqual([
    'kubectl --context branch apply -f dist/branch -f dist/branch/clients/shop',
    'kubectl --context office apply -f dist/office',
  ]);
  expect(renewalOf(model, 'client', 'orders')).toEqual({ certificates: ['office-orders'] });
});

it('bring a changed Secret to its pods at once', () => {
  const steps = renewed('vm-b-nats-leaf');
  const applied = steps.indexOf('kubectl --context vm-b apply -f dist/vm-b');
  expect(steps[applied + 1]).toBe(
    'kubectl --context vm-b -n nats-system annotate pods --all --overwrite nats-mtls/applied="$applied"',
  );
});

it('give a leaf its password when the broker has taken it, and not before', () => {
  const steps = renewalSteps({ passwords: ['vm-a/leaf-vm-b'] }, input('certs/issued'));
  const at = (start: string) => steps.findIndex((line) => line.startsWith(start));
  const order = [
    'kubectl --context vm-a apply',
    'until [ "$(kubectl --context vm-a',
    'kubectl --context vm-b apply',
  ];
  expect(order.map(at)).toEqual(order.map(at).toSorted((one, other) => one - other));
  expect(order.map(at)).not.toContain(-1);
  expect(renewed('vm-b-nats-leaf').join('\n')).not.toContain('until [');
});

it('hand a device of a leaf its certificate and its password, and name that password where a key was stolen', () => {
  const model = resolve(devices);
  const to = { model, secretRefs: findSecretRefs(model), folder: 'issued', issued: new Map() };
  const steps = renewalSteps(renewalOf(model, 'client', 'plant/valve'), to);
  expect(steps).toContain(
    '# Hand issued/plant-valve.crt and issued/plant-valve.key to whoever signs in as valve.',
  );
  expect(steps.at(-1)).toMatch(/rotate password plant\/valve/);
  expect(renewalSteps({ passwords: ['plant/valve'] }, to)).toContain(
    '# Hand the password "plant/valve" of issued/passwords.json to whoever signs in with it.',
  );
  expect(rootSteps(natsCa, 'bundle', to)).toContainEqual(
    expect.stringMatching(
      /^# Hand plant\/thermometer, plant\/valve what changed\. Their CA file is every NATS CA/,
    ),
  );
});
