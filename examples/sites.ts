import type { Topology } from '../model/topology.ts';

/**
 * A broker that outlives a whole cluster: one server each in vm-a, vm-c and vm-d. Every stream is kept three times, and
 * each copy on a site of its own. Publishers run at two sites, and the leaf dials all three.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    publishers: [{ name: 'nats-publisher', subject: 'test.messages', stream: 'EVENTS', publish: ['news.>'] }],
    jetStream: { storage: { size: '10Gi' } },
    streams: [{ name: 'EVENTS', subjects: ['test.>'], maxAge: '7d', maxBytes: '8Gi' }],
    furtherSites: [
      {
        name: 'vm-c',
        address: '3.3.3.3',
        issuer: 'cluster-c-issuer',
        publishers: [
          {
            name: 'nats-publisher',
            user: 'orders',
            subject: 'test.orders',
            stream: 'EVENTS',
            publish: ['news.>'],
          },
        ],
      },
      { name: 'vm-d', address: '4.4.4.4', issuer: 'cluster-d-issuer' },
    ],
  },
  leafClusters: [
    {
      name: 'vm-b',
      address: '2.2.2.2',
      issuer: 'cluster-b-issuer',
      subscribers: [{ name: 'nats-subscriber', subject: 'test.>', stream: 'EVENTS' }],
      jetStream: { storage: { size: '10Gi' } },
      mirrors: ['EVENTS'],
    },
  ],
};
