import type { Topology } from '../model/topology.ts';

/** The leaf reaches the broker through Linkerd multicluster. No NodePort is open. */
export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    clientListener: { nodePort: 'closed' },
    publishers: [{ name: 'nats-publisher', subject: 'test.messages' }],
  },
  leafClusters: [
    {
      name: 'vm-b',
      address: '2.2.2.2',
      issuer: 'cluster-b-issuer',
      link: { kind: 'linkerd-gateway', linkName: 'vm-a' },
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
  ],
};
