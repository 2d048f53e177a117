import { describe, expect, it } from 'vitest';
import { topology as gateway } from '../../../examples/linkerd-gateway.ts';
import { topology as plaintext } from '../../../examples/plaintext.ts';
import { topology as waysIn } from '../../../examples/ways-in.ts';
import type { Model } from '../../../model/model.ts';
import { resolve } from '../../../model/resolve.ts';
import { NO_SETTINGS } from '../../../model/server-settings.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';

/** Whether a property of a type, at any depth, may be left out. A name of a list of names and texts always may. */
type MayLack<T> = T extends readonly (infer Item)[]
  ? MayLack<Item>
  : T extends object
    ? {
        [Key in keyof T]-?: string extends Key ? false : object extends Pick<T, Key> ? true : MayLack<T[Key]>;
      }[keyof T]
    : false;

type IsSettled<T> = true extends MayLack<T> ? false : true;

it('has no property that may be left out, which the compiler tells', () => {
  const settled: { model: IsSettled<Model>; topology: IsSettled<Topology> } = {
    model: true,
    topology: false,
  };
  expect(settled).toEqual({ model: true, topology: false });
});

const resources = {
  server: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  client: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '200m', memory: '256Mi' } },
};
const nothing = {
  anchor: 'ca',
  ...{ linkerdCni: false, scraper: undefined, monitoring: undefined, jetStream: undefined },
  ...{ controllerResources: resources.client, pods: {}, serverPods: {}, serverSettings: NO_SETTINGS },
  ...{
    clients: [],
    streams: [],
    mirrors: [],
    consumers: [],
    deletable: [],
    secretRecipients: [],
    certificates: { kind: 'minted' },
  },
};
const client = {
  ...{ subject: 'test.messages', user: 'natsuser', publish: [], subscribe: [] },
  ...{ image: undefined, command: undefined, passwordInEnvironment: false },
  ...{ stream: undefined, consumer: undefined, resources: resources.client, pods: {} },
};
const leafUser = {
  name: 'leaf-vm-b',
  kind: 'leaf',
  password: 'vm-a/leaf-vm-b',
  certificate: 'vm-b-nats-leaf',
};

it('makes every choice that a topology leaves open', () => {
  const model = resolve(topology);
  expect(model).toEqual({
    clusters: [model.broker, ...model.leaves],
    sites: [model.broker],
    ...{ namespace: 'nats-system', secrets: { kind: 'file' }, accessPolicy: 'deny', ipv6: false },
    images: {
      ...{ pullSecrets: [], pullPolicy: 'IfNotPresent', natsServer: 'nats:2.14.6-alpine' },
      ...{ natsBox: 'natsio/nats-box:0.19.7-nonroot', reloader: 'nats:2.14.6-alpine' },
      exporter: 'natsio/prometheus-nats-exporter:0.20.1',
    },
    broker: {
      ...nothing,
      ...{ role: 'broker', name: 'vm-a', address: '1.1.1.1', issuer: 'cluster-a-issuer' },
      ...{ server: 'nats-broker', replicas: 1, resources: resources.server },
      publishers: [{ ...client, name: 'nats-publisher' }],
      subscribers: [],
      addresses: ['1.1.1.1'],
      clientListener: { exposure: { kind: 'NodePort', port: 30422 }, tls: true },
      leafListener: { exposure: { kind: 'NodePort', port: 30722 }, tls: true },
      ...{ loadBalancer: undefined, externalClients: [], certificate: 'vm-a-nats-broker', exported: false },
      sites: undefined,
      users: [
        { name: 'natsuser', kind: 'workload', password: 'vm-a/natsuser', certificate: 'vm-a-nats-publisher' },
        { name: 'sys', kind: 'system', password: 'vm-a/sys', certificate: 'vm-a-sys' },
        { name: 'doctor', kind: 'doctor', password: 'vm-a/doctor', certificate: 'vm-a-doctor' },
        leafUser,
      ],
    },
    leaves: [
      {
        ...nothing,
        ...{ role: 'leaf', name: 'vm-b', address: '2.2.2.2', issuer: 'cluster-b-issuer' },
        ...{ server: 'nats-leaf', replicas: 1, resources: resources.server },
        publishers: [],
        subscribers: [{ ...client, name: 'nats-subscriber' }],
        users: [
          { name: 'natsuser', kind: 'workload', password: 'vm-b/natsuser', certificate: undefined },
          { name: 'sys', kind: 'system', password: 'vm-b/sys', certificate: undefined },
          { name: 'doctor', kind: 'doctor', password: 'vm-b/doctor', certificate: undefined },
        ],
        ...{ link: { kind: 'nats-tls' }, networks: ['2.2.2.2/32'], certificate: 'vm-b-nats-leaf' },
        ...{ user: leafUser, publish: [], subscribe: ['test.messages'], acknowledged: [] },
      },
    ],
  });
});

describe('the leaf listener', () => {
  it.each([
    ['closed where every leaf comes through a gateway', gateway, { exposure: undefined, tls: true }],
    [
      'in plain text where every leaf says so',
      plaintext,
      { exposure: { kind: 'NodePort', port: 30722 }, tls: false },
    ],
    ['behind a load balancer', waysIn, { exposure: { kind: 'LoadBalancer', port: 7422 }, tls: true }],
    [
      'open where a gateway is used and a port is asked for all the same',
      { ...gateway, brokerCluster: { ...gateway.brokerCluster, leafListener: { nodePort: 30999 } } },
      { exposure: { kind: 'NodePort', port: 30999 }, tls: true },
    ],
  ])('is %s', (_, from, listener) => {
    expect(resolve(from).broker.leafListener).toEqual(listener);
  });
});
