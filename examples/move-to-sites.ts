import type { Topology } from '../model/topology.ts';
import { topology as sites } from './sites.ts';

/**
 * A broker of three servers in vm-a on its way to the three sites of sites.ts. Its streams leave the second and the third
 * server of vm-a for vm-c and vm-d; then `replicas` goes.
 */
export const topology: Topology = {
  ...sites,
  brokerCluster: { ...sites.brokerCluster, replicas: 3 },
};
