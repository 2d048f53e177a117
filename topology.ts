import type { Topology } from 'nats-mtls';

/** What runs where. Change the two addresses to your own, then run `npm run synth`. */
export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    publishers: [{ name: 'nats-publisher', subject: 'test.messages' }],
  },
  leafClusters: [
    {
      name: 'vm-b',
      address: '2.2.2.2',
      issuer: 'cluster-b-issuer',
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
  ],
};
