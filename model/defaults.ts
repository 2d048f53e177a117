import { isIP } from 'node:net';
import { hostCidr } from './check-network.ts';
import { DEFAULT_USER } from './names.ts';
import type { Cluster, LeafCluster, LeafLink, Workload } from './topology.ts';

/** How a leaf meets the broker when the topology does not say. */
export const leafLink = (leaf: LeafCluster): LeafLink => leaf.link ?? { kind: 'nats-tls' };

/** Where a leaf dials from; `undefined` if nothing says so. */
export function leafNetworks(leaf: LeafCluster): readonly string[] | 'anywhere' | undefined {
  return leaf.networks ?? (isIP(leaf.address) ? [hostCidr(leaf.address)] : undefined);
}

/** Publishers and subscribers of a cluster. */
export const workloads = (cluster: Cluster): readonly Workload[] => [
  ...(cluster.publishers ?? []),
  ...(cluster.subscribers ?? []),
];

/** NATS user of a publisher or subscriber. */
export const workloadUser = (workload: Workload) => workload.user ?? DEFAULT_USER;
