import { alertGroups } from '../../../monitoring/alerts.ts';
import type { MonitoredCluster } from '../../../monitoring/monitored-cluster.ts';

const common = {
  ...{ namespace: 'nats-system', leaves: [], streams: [], mirrors: [], publishes: false },
  ...{ otherServers: 0, certManagerCertificates: 0 },
};

/** Three brokers that keep a stream, with certificates by cert-manager, and one of the leaf clusters that mirror it. */
export const hub: MonitoredCluster = {
  ...common,
  cluster: 'vm-a',
  server: 'nats-broker',
  role: 'broker',
  replicas: 3,
  leaves: ['vm-b', 'vm-c'],
  brokerCluster: 'vm-a',
  jetStream: true,
  streams: [{ name: 'EVENTS', replicas: 3 }],
  publishes: true,
  certManagerCertificates: 2,
};

export const mirror: MonitoredCluster = {
  ...common,
  cluster: 'vm-b',
  server: 'nats-leaf',
  role: 'leaf',
  replicas: 1,
  brokerCluster: 'vm-a',
  jetStream: true,
  mirrors: [{ name: 'EVENTS', replicas: 1 }],
};

/** One broker and one leaf that keep nothing; the leaf's certificate is by cert-manager. */
export const office: MonitoredCluster = {
  ...common,
  cluster: 'office',
  server: 'nats-broker',
  role: 'broker',
  replicas: 1,
  leaves: ['shop'],
  brokerCluster: 'office',
  jetStream: false,
  publishes: true,
};

export const shop: MonitoredCluster = {
  ...common,
  cluster: 'shop',
  server: 'nats-leaf',
  role: 'leaf',
  replicas: 1,
  brokerCluster: 'office',
  jetStream: false,
  certManagerCertificates: 1,
};

/** One of three sites of a broker that keeps a stream. */
export const site: MonitoredCluster = {
  ...common,
  cluster: 'vm-s',
  server: 'nats-broker',
  role: 'broker',
  replicas: 1,
  brokerCluster: 'vm-s',
  otherServers: 2,
  jetStream: true,
  streams: [{ name: 'EVENTS', replicas: 3 }],
};

export const clusters = [hub, mirror, office, shop, site];

/** A rules file of Prometheus with the alerts of all of them. */
export const rules = {
  groups: clusters.flatMap((cluster) =>
    alertGroups(cluster).map((group) => ({ ...group, name: `${cluster.cluster}-${group.name}` })),
  ),
};
