import type { Cluster, LeafCluster, Topology, Workload } from '../../../model/topology.ts';

/** What nats-server's parser makes of a configuration. */
export type Values = { [key: string]: unknown };

/** What a person would write for a topology, as values rather than text: by cluster, what its server must read. */
export function intendedConfigs(topology: Topology, password: (name: string) => string): Map<string, Values> {
  const { brokerCluster, leafClusters } = topology;
  return new Map<string, Values>([
    [brokerCluster.name, intendedBroker(topology, password)],
    ...leafClusters.map((leaf) => [leaf.name, intendedLeaf(topology, leaf, password)] as const),
  ]);
}

const certificates = {
  cert_file: '/etc/nats-tls/tls.crt',
  key_file: '/etc/nats-tls/tls.key',
  ca_file: '/etc/nats-tls/ca.crt',
  timeout: 5,
};

function server(cluster: Cluster, app: Values[], password: (name: string) => string): Values {
  const sys = {
    user: 'sys',
    password: password(`${cluster.name}/sys`),
    allowed_connection_types: ['STANDARD'],
  };
  return {
    server_name: 'the-name-of-the-server',
    port: 4222,
    http_port: 8222,
    pid_file: '/var/run/nats/nats.pid',
    ping_interval: '20s',
    ping_max: 2,
    lame_duck_duration: '30s',
    lame_duck_grace_period: '10s',
    system_account: 'SYS',
    accounts: { APP: { users: app }, SYS: { users: [sys] } },
  };
}

function intendedBroker(
  { brokerCluster, leafClusters, namespace = 'nats-system' }: Topology,
  password: (name: string) => string,
): Values {
  const { name, address, replicas = 1, clientListener = {}, externalClients = [] } = brokerCluster;
  const plaintext = leafClusters.length > 0 && leafClusters.every(({ link }) => link?.kind === 'plaintext');
  const users = [
    user(name, { user: 'doctor', publish: ['_DOCTOR.>'] }, 'STANDARD', password),
    ...clientUsers(brokerCluster, password),
    ...externalClients.map((client) => user(name, { ...client, user: client.name }, 'STANDARD', password)),
    ...leafClusters.map((leaf) =>
      user(name, { ...crossing(leaf), user: `leaf-${leaf.name}` }, 'LEAFNODE', password),
    ),
  ];
  const tls = { ...certificates, verify_and_map: true };
  const peers = Array.from({ length: replicas }, (_, i) => i).map(
    (i) => `nats://nats-broker-${i}.nats-broker-headless.${namespace}.svc.cluster.local:6222`,
  );
  return {
    ...server(brokerCluster, users, password),
    ...(clientListener.tls === false ? {} : { tls }),
    leafnodes: {
      port: 7422,
      advertise: `${host(address)}:30722`,
      ...(plaintext ? {} : { tls: { ...tls, handshake_first: true } }),
    },
    ...(replicas > 1 ? { cluster: { name, port: 6222, no_advertise: true, routes: peers } } : {}),
  };
}

function intendedLeaf(
  { brokerCluster }: Topology,
  leaf: LeafCluster,
  password: (name: string) => string,
): Values {
  const tls = (leaf.link?.kind ?? 'nats-tls') === 'nats-tls';
  const doctor = user(leaf.name, { user: 'doctor', subscribe: ['_DOCTOR.>'] }, 'STANDARD', password);
  const remote = {
    account: 'APP',
    first_info_timeout: '5s',
    ignore_discovered_servers: true,
    ...(tls ? { tls: { ...certificates, handshake_first: true } } : {}),
    // Read from its URLs.
    scheme: tls ? 'tls:' : 'nats-leaf:',
    hosts: [brokerCluster.address, ...(brokerCluster.furtherAddresses ?? [])].map(
      (address) => `${host(address)}:30722`,
    ),
    user: `leaf-${leaf.name}`,
    password: password(`${brokerCluster.name}/leaf-${leaf.name}`),
  };
  return {
    ...server(leaf, [doctor, ...clientUsers(leaf, password)], password),
    leafnodes: { reconnect: '2s', remotes: [remote] },
  };
}

const host = (address: string) => (address.includes(':') ? `[${address}]` : address);

type Permitted = Pick<Workload, 'publish' | 'subscribe'> & { readonly user: string };

function user(cluster: string, of: Permitted, connects: string, password: (name: string) => string): Values {
  const only = (subjects: readonly string[] = []) =>
    subjects.length > 0 ? { allow: [...subjects] } : { deny: '>' };
  return {
    user: of.user,
    password: password(`${cluster}/${of.user}`),
    allowed_connection_types: [connects],
    permissions: { publish: only(of.publish), subscribe: only(of.subscribe) },
  };
}

function clientUsers(cluster: Cluster, password: (name: string) => string): Values[] {
  const own = (workload: Workload, kind: 'publish' | 'subscribe') => ({
    ...workload,
    user: workload.user ?? 'natsuser',
    [kind]: [workload.subject, ...(workload[kind] ?? [])],
  });
  return [
    ...(cluster.publishers ?? []).map((workload) => own(workload, 'publish')),
    ...(cluster.subscribers ?? []).map((workload) => own(workload, 'subscribe')),
  ].map((workload) => user(cluster.name, workload, 'STANDARD', password));
}

/** All that a leaf's own clients use, once each, and what the doctor sends. */
function crossing(leaf: LeafCluster) {
  const all = [...(leaf.publishers ?? []), ...(leaf.subscribers ?? [])];
  const subjects = (own: readonly Workload[] = [], kind: 'publish' | 'subscribe') => [
    ...new Set([...own.map(({ subject }) => subject), ...all.flatMap((workload) => workload[kind] ?? [])]),
  ];
  return {
    publish: subjects(leaf.publishers, 'publish'),
    subscribe: [...subjects(leaf.subscribers, 'subscribe'), '_DOCTOR.>'],
  };
}
