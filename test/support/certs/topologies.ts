import type { LeafCluster, Topology } from '../../../model/topology.ts';

export const leaf: LeafCluster = { name: 'vm-b', address: '2.2.2.2', issuer: 'cluster-b-issuer' };

export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    publishers: [{ name: 'nats-publisher', subject: 'test.messages' }],
  },
  leafClusters: [{ ...leaf, subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }] }],
};

/** The topology with the broker at another address. */
export const at = (address: string): Topology => ({
  ...topology,
  ipv6: address.includes(':'),
  brokerCluster: { ...topology.brokerCluster, address },
});

/** One of two topologies of which one becomes the other only by many new certificates at once. */
export function swapping(round: number): Topology {
  const publishers = Array.from({ length: 20 }, (_, i) => ({
    name: `publisher-${i}`,
    subject: 'test.messages',
    user: `user-${i}-${round % 2}`,
  }));
  return { ...topology, brokerCluster: { ...topology.brokerCluster, publishers } };
}
