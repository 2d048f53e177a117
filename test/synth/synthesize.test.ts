import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../model/checks.ts';
import type { BrokerCluster, LeafCluster, Topology } from '../../model/topology.ts';
import { synthesize } from '../../synth/synthesize.ts';
import { topology } from '../../topology.ts';
import { credentials } from '../constructs/fixtures.ts';

const [leaf] = topology.leafClusters as [LeafCluster];
const broker = (change: Partial<BrokerCluster>, leafClusters = topology.leafClusters): Topology => ({
  ...topology,
  brokerCluster: { ...topology.brokerCluster, ...change },
  leafClusters,
});
const plain: LeafCluster = { ...leaf, link: { kind: 'plaintext', insecurePlaintext: true } };
const gateway: LeafCluster = { ...leaf, link: { kind: 'linkerd-gateway', linkName: 'vm-a' } };
const other = { name: 'vm-c', address: '3.3.3.3', issuer: 'c-issuer' };

const text = (from: Topology, cluster: string) =>
  [...synthesize(from)].find(({ name }) => name === cluster)?.files.get('workloads.k8s.yaml') ?? '';

it('makes two files for each cluster, the broker first', () => {
  expect([...synthesize(topology)].map(({ name, files }) => [name, ...files.keys()])).toEqual([
    ['vm-a', 'namespace.k8s.yaml', 'workloads.k8s.yaml'],
    ['vm-b', 'namespace.k8s.yaml', 'workloads.k8s.yaml'],
  ]);
});

it('makes further files for the Prometheus Operator, in a folder of their own, where it is to watch', () => {
  const watched = broker({
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    monitoring: { kind: 'prometheus-operator' },
  });
  expect([...synthesize(watched)].map(({ name, files }) => [name, ...files.keys()])).toEqual([
    [
      'vm-a',
      'namespace.k8s.yaml',
      'workloads.k8s.yaml',
      'monitoring/scraping.k8s.yaml',
      'monitoring/alerts.k8s.yaml',
      'monitoring/dashboard.k8s.yaml',
    ],
    ['vm-b', 'namespace.k8s.yaml', 'workloads.k8s.yaml'],
  ]);
  const alerts = (of: Topology, cluster: string) =>
    [...synthesize(of)].find(({ name }) => name === cluster)?.files.get('monitoring/alerts.k8s.yaml');
  expect(alerts(watched, 'vm-a')).toContain('vm-b');
  expect(alerts({ ...watched, leafClusters: [] }, 'vm-a')).not.toContain('vm-b');
});

it("lets across the link what the leaf's own clients use and the doctor's message, and nothing else", () => {
  const busy: LeafCluster = {
    ...leaf,
    publishers: [{ name: 'a', user: 'a', subject: 'a', subscribe: ['c.>'] }],
    subscribers: [{ name: 'b', user: 'b', subject: 'b.*', publish: ['a', 'd'] }],
  };
  const [made] = [...synthesize(broker({}, [busy]))];
  const accounts = made?.secrets.find(({ name }) => name === 'nats-broker-accounts')?.keys['accounts.conf'];
  const user = accounts?.(credentials).split('user: "leaf-vm-b"')[1]?.split('user:')[0] ?? '';
  const subjects = (kind: string) =>
    new RegExp(`${kind}: \\{allow: \\[([^\\]]*)\\]`).exec(user)?.[1]?.match(/[^\s",]+/g);
  expect({ publish: subjects('publish'), subscribe: subjects('subscribe') }).toEqual({
    publish: ['a', 'd'],
    subscribe: ['b.*', 'c.>', '_DOCTOR.>'],
  });
});

describe("the broker's leaf port", () => {
  it('is closed when every leaf comes through a gateway', () => {
    expect(text(broker({}, [gateway]), 'vm-a')).not.toContain('30722');
  });

  it('stays open when one leaf dials it', () => {
    expect(text(broker({}, [gateway, { ...leaf, ...other }]), 'vm-a')).toContain('nodePort: 30722');
  });

  it('is in plain text when every leaf says so', () => {
    expect(text(broker({}, [plain]), 'vm-a')).not.toContain('handshake_first');
  });
});

it.each<[string, Topology]>([
  [
    'NatsBroker `leafListener.nodePort`: is closed, but vm-b dials it; use 30722, or link it through a gateway.',
    broker({ leafListener: { nodePort: 'closed' } }),
  ],
  [
    'NatsBroker `link`: "plaintext" of vm-b does not fit the leaf listener, which asks for TLS; use the same for every leaf.',
    broker({}, [plain, { ...leaf, ...other }]),
  ],
  [
    'NatsBroker `link`: "nats-tls" of vm-b does not fit the leaf listener, which is in plain text; use the same for every leaf.',
    broker({ leafListener: { tls: false, insecurePlaintext: true } }),
  ],
  [
    'NatsBroker `clientListener.nodePort`: is closed, but the external client laptop dials it; use 30422.',
    broker({
      clientListener: { nodePort: 'closed' },
      externalClients: [{ name: 'laptop', networks: 'anywhere' }],
    }),
  ],
])('refuses what only the constructs can know: %s', (message, bad) => {
  expect(() => [...synthesize(bad)]).toThrow(new InvalidInput(message));
});

it('checks the topology before it makes anything', () => {
  expect(() => synthesize(broker({ replicas: 2 })).next()).toThrow(InvalidInput);
});
