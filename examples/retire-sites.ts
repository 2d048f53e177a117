import type { Topology } from '../model/topology.ts';
import { topology as sites } from './sites.ts';

/** Five sites that are to be three. The streams leave vm-e and vm-f; then both go from the list. */
export const topology: Topology = {
  ...sites,
  brokerCluster: {
    ...sites.brokerCluster,
    furtherSites: [
      ...sites.brokerCluster.furtherSites!,
      { name: 'vm-e', address: '5.5.5.5', issuer: 'cluster-e-issuer', retiring: true },
      { name: 'vm-f', address: '6.6.6.6', issuer: 'cluster-f-issuer', retiring: true },
    ],
  },
};
