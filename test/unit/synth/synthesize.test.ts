import { ApiObject, App, Chart, Yaml } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { clusterApps } from '../../../constructs/cluster-apps.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import type { BrokerCluster, LeafCluster, Topology } from '../../../model/topology.ts';
import { objectsByFile, synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';
import { all } from '../../support/picture/topologies.ts';
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
  [...synthesize(resolve(from))].find(({ name }) => name === cluster)?.files.get('workloads.k8s.yaml') ?? '';

it('makes two files for each cluster, the broker first', () => {
  expect([...synthesize(resolve(topology))].map(({ name, files }) => [name, ...files.keys()])).toEqual([
    ['vm-a', 'namespace.k8s.yaml', 'workloads.k8s.yaml'],
    ['vm-b', 'namespace.k8s.yaml', 'workloads.k8s.yaml'],
  ]);
});

it('makes further files for the Prometheus Operator, in a folder of their own, where it is to watch', () => {
  const watched = broker({
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    monitoring: { kind: 'prometheus-operator' },
  });
  expect([...synthesize(resolve(watched))].map(({ name, files }) => [name, ...files.keys()])).toEqual([
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
    [...synthesize(resolve(of))]
      .find(({ name }) => name === cluster)
      ?.files.get('monitoring/alerts.k8s.yaml');
  expect(alerts(watched, 'vm-a')).toContain('vm-b');
  expect(alerts({ ...watched, leafClusters: [] }, 'vm-a')).not.toContain('vm-b');
});

it("lets across the link what the leaf's own clients use and the doctor's message, and nothing else", () => {
  const busy: LeafCluster = {
    ...leaf,
    publishers: [{ name: 'a', user: 'a', subject: 'a', subscribe: ['c.>'] }],
    subscribers: [{ name: 'b', user: 'b', subject: 'b.*', publish: ['a', 'd'] }],
  };
  const [made] = [...synthesize(resolve(broker({}, [busy])))];
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

it('checks the topology before it makes anything', () => {
  expect(() => synthesize(resolve(broker({ replicas: 2 }))).next()).toThrow(InvalidInput);
});

describe('what synth does for speed', () => {
  const names = ['null', 'y', 'no', 'e3', 'x-30-45', 'a'.repeat(40), 'vm-a-vm-b', 'vm-b'];
  const many = broker(
    {},
    names.map((name, i) => ({ ...leaf, name, address: `10.0.0.${i}`, issuer: `issuer-${i}` })),
  );
  const byCdk8s = (of: Topology) =>
    [...clusterApps(resolve(of))].map(({ name, app }) => ({
      name,
      files: app.node
        .findAll()
        .filter((construct) => Chart.isChart(construct))
        .map((chart) => [`${chart.node.path}.k8s.yaml`, Yaml.stringify(...chart.toJson())]),
    }));

  it.each([...all, ['leaves of odd names', many] as const])(
    'changes no byte of what cdk8s writes for %s',
    (_, of) => {
      const ours = [...synthesize(resolve(of))].map(({ name, files }) => ({ name, files: [...files] }));
      expect(ours).toEqual(byCdk8s(of));
    },
  );

  it('leaves objects that depend on each other to cdk8s, and what does not hold', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const object = (name: string) =>
      new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    const [first, second] = [object('first'), object('second')];
    const order = () => [...objectsByFile(app).values()].flat().map(({ metadata }) => metadata.name);
    expect(order()).toEqual(['first', 'second']);
    first.addDependency(second);
    expect(order()).toEqual(['second', 'first']);
    chart.node.addValidation({ validate: () => ['does not hold'] });
    expect(order).toThrow('does not hold');
  });
});
