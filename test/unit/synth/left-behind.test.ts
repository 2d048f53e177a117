import { describe, expect, it } from 'vitest';
import { topology as certManager } from '../../../examples/cert-manager.ts';
import { topology as clients } from '../../../examples/clients.ts';
import { topology as production } from '../../../examples/production.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { leftBehind } from '../../../synth/left-behind.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';
import { objectsOf } from '../../support/minted.ts';
import { podOwners, references } from '../../support/synth/references.ts';
import { topologies } from '../../support/synth/topologies.ts';

const { brokerCluster } = topology;
const [publisher] = brokerCluster.publishers!;
const broker = (change: Partial<Topology['brokerCluster']>): Topology => ({
  ...topology,
  brokerCluster: { ...brokerCluster, ...change },
});
const manifests = (from: Topology, cluster = from.brokerCluster.name) =>
  [...synthesize(resolve(from))].find(({ name }) => name === cluster)!.files;
const left = (before: Topology, after: Topology) =>
  leftBehind(after.brokerCluster.name, manifests(before), manifests(after));

it('is nothing when an object is added or changed', () => {
  const more = broker({
    publishers: [publisher!, { name: 'second', user: 'second', subject: 'a.b' }],
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  });
  expect(left(topology, topology)).toEqual([]);
  expect(left(topology, more)).toEqual([]);
});

it('is what a client had when it is removed, by name, and not what others use as well', () => {
  const two = broker({ publishers: [publisher!, { name: 'second', user: 'second', subject: 'a.b' }] });
  expect(left(two, topology)).toEqual([
    '# After dist/vm-a is applied, which no longer has these and deletes nothing:',
    expect.stringMatching(/^kubectl --context vm-a -n nats-system delete --ignore-not-found \S+\/second /),
  ]);
  const names = left(two, topology)[1]!.split('--ignore-not-found ')[1]!.split(' ').sort();
  expect(names).toEqual([
    'deployment.apps/second',
    'networkpolicy.networking.k8s.io/second',
    'secret/nats-auth-second',
    'secret/second-tls',
    'serviceaccount/second',
  ]);
});

it('is no Secret that a pod which stays takes as well', () => {
  const deployment = (name: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: n }\nspec: { template: { spec: { volumes: [{ secret: { secretName: shared } }] } } }\n`;
  const files = (...names: string[]) => new Map([['a.k8s.yaml', names.map(deployment).join('---\n')]]);
  expect(leftBehind('vm-a', files('x', 'y'), files('x')).slice(1)).toEqual([
    'kubectl --context vm-a -n n delete --ignore-not-found deployment.apps/y',
  ]);
  expect(leftBehind('vm-a', files('x', 'y'), files())[1]).toContain('secret/shared');
});

it('is a NodePort that was closed', () => {
  const closed = broker({ clientListener: { nodePort: 'closed' }, leafListener: { nodePort: 'closed' } });
  const alone = { ...closed, leafClusters: [] };
  expect(left({ ...topology, leafClusters: [] }, alone).join('\n')).toContain('service/nats-broker-external');
});

it('is all of a cluster that left the topology, with its namespace commented out', () => {
  const lines = leftBehind('vm-b', manifests(topology, 'vm-b'));
  expect(lines.map((line) => line.replace(/found .*/, 'found …'))).toEqual([
    '# vm-b is no longer in the topology. To delete what it has:',
    'kubectl --context vm-b -n nats-system delete --ignore-not-found …',
    '# vm-b: these hold data, so look first whether it is still needed:',
    '# kubectl --context vm-b -n nats-system delete --ignore-not-found …',
  ]);
  expect(lines.at(-1)).toMatch(/ namespace\/nats-system$/);
});

it('is what an old namespace has, and first of all the Service whose NodePorts the new one takes', () => {
  const lines = left(topology, { ...topology, namespace: 'moved' });
  expect(lines.slice(0, 3)).toEqual([
    '# Before dist/vm-a is applied, because another Service takes the NodePort:',
    'kubectl --context vm-a -n nats-system delete --ignore-not-found service/nats-broker-external',
    '# After dist/vm-a is applied, which no longer has these and deletes nothing:',
  ]);
  expect(lines.join('\n')).not.toContain('-n moved');
  expect(lines.join('\n').match(/nats-broker-external/g)).toHaveLength(1);
});

it('is the volumes of the servers that are too many, commented out', () => {
  const one: Topology = {
    ...production,
    brokerCluster: { ...production.brokerCluster, replicas: 1, streams: [], publishers: [] },
    leafClusters: [],
  };
  const three = { ...one, brokerCluster: { ...one.brokerCluster, replicas: 3 as const } };
  expect(left(three, one).slice(-2)).toEqual([
    '# vm-a: these hold data, so look first whether it is still needed:',
    '# kubectl --context vm-a -n nats-system delete --ignore-not-found persistentvolumeclaim/data-nats-broker-1 persistentvolumeclaim/data-nats-broker-2',
  ]);
});

it('is told by folder, because what is for monitoring may never have been applied', () => {
  const rule = (name: string) =>
    `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: ${name}\n  namespace: nats-system\n`;
  const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  namespace: nats-system\n';
  const before = new Map([
    ['workloads.k8s.yaml', account],
    ['monitoring/rules.k8s.yaml', `${rule('a')}---\n${rule('b')}`],
  ]);
  expect(leftBehind('vm-a', before, new Map([['monitoring/rules.k8s.yaml', rule('b')]])).slice(1)).toEqual([
    'kubectl --context vm-a -n nats-system delete --ignore-not-found serviceaccount/a',
    'kubectl --context vm-a -n nats-system delete --ignore-not-found prometheusrule.monitoring.coreos.com/a',
  ]);
});

it('is told of a client by its namespace, with its Secret, which git ignores', () => {
  const [office] = [...synthesize(resolve(clients))];
  const { name, files } = office!;
  const fewer = { ...clients, brokerCluster: { ...clients.brokerCluster, clients: [], consumers: [] } };
  const [after] = [...synthesize(resolve(fewer))];
  expect(leftBehind(name, files, after!.files, 'dist/office')).toEqual([
    '# After dist/office is applied, which no longer has these and deletes nothing:',
    'kubectl --context office -n shop delete --ignore-not-found networkpolicy.networking.k8s.io/nats-orders secret/nats-orders',
    'kubectl --context office -n finance delete --ignore-not-found networkpolicy.networking.k8s.io/nats-reports secret/nats-reports',
  ]);
});

it('has the certificates of cert-manager go before the Secrets come that were minted', () => {
  const { certificates: _, ...brokerCluster } = certManager.brokerCluster;
  const [, before] = [...synthesize(resolve(certManager))].map(({ files }) => files);
  const [leaf] = certManager.leafClusters.map(({ certificates: __, ...one }) => one);
  const [, after] = [...synthesize(resolve({ brokerCluster, leafClusters: [leaf!] }))].map(
    ({ files }) => files,
  );
  expect(leftBehind('vm-b', before!, after!)).toEqual([
    '# Before dist/vm-b is applied, because cert-manager would replace the Secrets that it brings:',
    'kubectl --context vm-b -n nats-system delete --ignore-not-found certificate.cert-manager.io/nats-leaf-tls',
    '# After dist/vm-b is applied, which no longer has these and deletes nothing:',
    'kubectl --context vm-b -n nats-system delete --ignore-not-found issuer.cert-manager.io/nats-issuer secret/nats-issuer secret/nats-ca',
  ]);
});

it('is read from what is left of a manifest that was merged by halves', () => {
  const conflict = '<<<<<<< ours\na: 1\n=======\nb: 2\n>>>>>>> theirs\n';
  const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  namespace: b\n';
  const before = new Map([['workloads.k8s.yaml', `${conflict}---\n---\nlist\n---\n${account}---\n`]]);
  expect(leftBehind('vm-a', before).slice(1)).toEqual([
    'kubectl --context vm-a -n b delete --ignore-not-found serviceaccount/a',
  ]);
});

describe.each(topologies)('%s', (_, from) => {
  it('has no Secret that neither a pod nor a client takes: the Secrets left behind are told by that', () => {
    for (const { files, secrets } of synthesize(resolve(from))) {
      const owners = podOwners([...files.values()].flatMap(objectsOf));
      const taken = owners.flatMap(({ pod }) => references(pod)).map(({ kind, name }) => `${kind}/${name}`);
      const policies = [...files].filter(([file]) => file.startsWith('clients/'));
      const clients = policies.flatMap(([, text]) => objectsOf(text)).map(({ metadata }) => metadata.name);
      const issuers = [...files.values()].flatMap(objectsOf).filter(({ kind }) => kind === 'Issuer');
      const signing = issuers.map(
        ({ spec }) => `Secret/${(spec as { ca: { secretName: string } }).ca.secretName}`,
      );
      const known = [...taken, ...signing, ...clients.map((name) => `Secret/${name}`)];
      expect(secrets.map(({ name }) => `Secret/${name}`).filter((name) => !known.includes(name))).toEqual([]);
    }
  });
});
