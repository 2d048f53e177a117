import type { Topology } from '../model/topology.ts';

/**
 * The leaf connects to the broker in clear text: anybody on the network reads the messages and the leaf's password. Only for
 * a network that is encrypted already, such as a VPN between the two machines.
 */
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
      link: { kind: 'plaintext', insecurePlaintext: true },
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
  ],
};
