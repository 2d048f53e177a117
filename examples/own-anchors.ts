import type { Topology } from '../model/topology.ts';

/**
 * A broker and two leaves, each cluster with a Linkerd trust anchor of its own: whoever steals the issuer of one can pose as
 * the workloads of that cluster, and of no other.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    trustAnchor: 'own',
    publishers: [{ name: 'nats-publisher', subject: 'test.messages' }],
  },
  leafClusters: ['b', 'c'].map((letter, i) => ({
    name: `vm-${letter}`,
    address: `${i + 2}.${i + 2}.${i + 2}.${i + 2}`,
    issuer: `cluster-${letter}-issuer`,
    trustAnchor: 'own',
    subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
  })),
};
