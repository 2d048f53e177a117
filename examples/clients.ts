import type { Topology } from '../model/topology.ts';

/**
 * Applications that other teams deploy, in namespaces of their own: `orders` publishes to a stream of the broker cluster,
 * `reports` reads that stream there, and `tills` reads what its own cluster mirrors. `checkout` uses core NATS.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'office',
    address: '203.0.113.7',
    issuer: 'office-issuer',
    jetStream: { storage: { size: '10Gi' } },
    streams: [{ name: 'ORDERS', subjects: ['orders.>'], maxAge: '7d', maxBytes: '8Gi' }],
    consumers: [{ name: 'daily', stream: 'ORDERS', maxAckPending: 100 }],
    clients: [
      { name: 'orders', namespace: 'shop', publish: ['orders.>'], stream: 'ORDERS' },
      {
        name: 'reports',
        namespace: 'finance',
        stream: 'ORDERS',
        consumer: 'daily',
        publish: ['reports.ready'],
      },
    ],
  },
  leafClusters: [
    {
      name: 'branch',
      address: '198.51.100.7',
      issuer: 'branch-issuer',
      jetStream: { storage: { size: '10Gi' } },
      mirrors: ['ORDERS'],
      clients: [
        { name: 'tills', namespace: 'shop', stream: 'ORDERS' },
        {
          name: 'checkout',
          namespace: 'shop',
          serviceAccount: 'default',
          user: 'checkout-1',
          podLabels: { app: 'checkout' },
          publish: ['carts.>'],
          subscribe: ['reports.ready'],
        },
      ],
    },
  ],
};
