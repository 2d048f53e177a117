import { expect, it } from 'vitest';
import { findCarriers } from '../../certs/carriers.ts';
import { credentialPlan } from '../../certs/plan.ts';
import { renewalSteps } from '../../certs/renewal-steps.ts';
import { anchorSteps, natsCaSteps } from '../../certs/root-steps.ts';
import { seen } from '../../certs/steps.ts';
import { ISSUED } from '../../certs/store.ts';
import type { Listener } from '../../constructs/index.ts';
import type { Topology } from '../../model/topology.ts';
import { topology } from './fixtures.ts';

const wanted: Topology = {
  ...topology,
  brokerCluster: { ...topology.brokerCluster, externalClients: [{ name: 'billing', networks: 'anywhere' }] },
};
const carriers = findCarriers(wanted);
const { certificates, passwords } = credentialPlan(wanted);
const input = (folder: string) => ({ topology: wanted, carriers, folder, anchors: 'ca.crt' });
const renewed = (...names: string[]) => renewalSteps({ certificates: names }, input('certs/issued'));

it.each(['certs/issued', ISSUED])('take the default folder %s for granted', (folder) => {
  expect(renewalSteps({ passwords }, input(folder))).toContain('npm run synth');
});

it('name another folder in every command', () => {
  const all = (secrets: Topology['secrets']) => {
    const to = { ...input("my vm's/issued"), topology: { ...wanted, secrets } };
    return [
      ...(['bundle', 'switch', 'retire'] as const).flatMap((stage) => [
        ...anchorSteps(stage, to),
        ...natsCaSteps(stage, to),
      ]),
      ...renewalSteps({ certificates: certificates.map(({ name }) => name) }, to),
      ...renewalSteps({ passwords }, to),
    ];
  };
  const lines = [...all('file'), ...all('external')];
  const commands = lines.filter((line) => /npm run|\.crt|\.key/.test(line));
  expect(commands.length).toBeGreaterThan(30);
  const folder =
    /--folder 'my vm'\\''s\/issued'|my vm'(\\'')?s\/issued\/|^openssl|every NATS CA in|Keep it as you keep/;
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
  expect(times('openssl s_client')).toBe(1);
  const both = renewed('vm-b-nats-leaf', 'vm-a-nats-publisher');
  expect(both.at(-1)).toBe('#   npm run certs -- rotate password <cluster>/<user>');
});

it('tell the Prometheus of the clusters when new certificates end', () => {
  const brokerCluster = { ...wanted.brokerCluster, monitoring: { kind: 'prometheus-operator' } as const };
  const renewal = { certificates: ['vm-b-nats-leaf'] };
  const steps = (secrets: Topology['secrets']) =>
    renewalSteps(renewal, { ...input('certs/issued'), topology: { ...wanted, brokerCluster, secrets } });
  expect(steps('file')).toContain('kubectl --context vm-a apply -f dist/vm-a/monitoring');
  expect([...steps('external'), ...renewed('vm-b-nats-leaf')].join('\n')).not.toContain('/monitoring');
});

const shown = (leafListener?: Listener) =>
  seen({ topology: { ...topology, brokerCluster: { ...topology.brokerCluster, leafListener } } });

it.each<[string, Listener | undefined]>([
  ['1.1.1.1:30722', undefined],
  ['1.1.1.1:31722', { nodePort: 31722 }],
  ['1.1.1.1:443', { loadBalancerPort: 443 }],
])('a new certificate of the broker is seen at %s', (address, listener) => {
  expect(shown(listener).at(-1)).toContain(`openssl s_client -connect ${address} `);
});

it('a new certificate of the broker is not looked for at a closed port', () => {
  expect(shown({ nodePort: 'closed' })).toEqual([]);
});
