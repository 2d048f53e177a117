import { isIP } from 'node:net';
import { hostCidr } from './check-address.ts';
import type { Consumer, Stream } from './jetstream.ts';
import { DEFAULT_USER, STREAMS } from './names.ts';
import { seconds } from './quantities.ts';
import type { BrokerCluster, Cluster, LeafCluster, LeafLink, Workload } from './topology.ts';

/** How a leaf meets the broker when the topology does not say. */
export const leafLink = (leaf: LeafCluster): LeafLink => leaf.link ?? { kind: 'nats-tls' };

/** Where a leaf dials from; `undefined` if nothing says so. */
export function leafNetworks(leaf: LeafCluster): readonly string[] | 'anywhere' | undefined {
  return leaf.networks ?? (isIP(leaf.address) ? [hostCidr(leaf.address)] : undefined);
}

/** Every address at which the broker is reached; the first is the one that it is known by. */
export const brokerAddresses = ({ address, furtherAddresses = [] }: BrokerCluster): readonly string[] => [
  address,
  ...furtherAddresses,
];

/** Publishers and subscribers of a cluster. */
export const workloads = (cluster: Cluster): readonly Workload[] => [
  ...(cluster.publishers ?? []),
  ...(cluster.subscribers ?? []),
];

/** NATS user of a publisher or subscriber. */
export const workloadUser = (workload: Workload) => workload.user ?? DEFAULT_USER;

/** Name and NATS user of every client that runs in a cluster. */
export const clients = (cluster: Cluster): { readonly name: string; readonly user: string }[] => [
  ...workloads(cluster).map((workload) => ({ name: workload.name, user: workloadUser(workload) })),
  ...(cluster.jetStream ? [{ name: STREAMS, user: STREAMS }] : []),
];

/** Durable consumers of a cluster: those that the topology lists, and those of its subscribers. */
export const consumers = (cluster: Cluster): readonly Consumer[] => [
  ...(cluster.consumers ?? []),
  ...(cluster.subscribers ?? []).flatMap(({ name, stream, consumer, subject }) =>
    stream !== undefined && consumer === undefined ? [{ name, stream, subject }] : [],
  ),
];

/** How many servers keep each message of a stream, of the servers that its cluster has. */
export const streamReplicas = (stream: Stream, servers: number) => stream.replicas ?? Math.min(servers, 3);

/** How long a stream remembers the ids of its messages. */
export const duplicateWindow = ({ duplicateWindow: given, maxAge }: Stream) =>
  given ?? (seconds(maxAge) < seconds('1h') ? maxAge : '1h');
