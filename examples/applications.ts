import type { Topology } from '../model/topology.ts';

/**
 * Your own applications, three brokers, a client outside the mesh, a Prometheus that may read metrics, Secrets from a secret
 * manager, and the Linkerd CNI plugin, so that the namespaces enforce `restricted`.
 */
export const topology: Topology = {
  secrets: 'external',
  brokerCluster: {
    name: 'hub',
    address: 'nats.example.com',
    issuer: 'hub-issuer',
    replicas: 3,
    linkerdCni: true,
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    publishers: [
      {
        name: 'orders',
        user: 'orders',
        subject: 'orders.created',
        subscribe: ['orders.commands.>'],
        image: 'registry.example.com/orders:1.4.2',
        command: ['/app/orders'],
      },
    ],
    externalClients: [{ name: 'billing', networks: ['203.0.113.0/24'], subscribe: ['orders.created'] }],
  },
  leafClusters: [
    {
      name: 'shop',
      address: '198.51.100.7',
      issuer: 'shop-issuer',
      linkerdCni: true,
      subscribers: [
        {
          name: 'dashboard',
          user: 'dashboard',
          subject: 'orders.*',
          image: 'registry.example.com/dashboard:2.0.1',
          resources: {
            requests: { cpu: '100m', memory: '128Mi' },
            limits: { cpu: '1', memory: '512Mi' },
          },
        },
      ],
    },
    {
      name: 'warehouse',
      address: 'warehouse.example.com',
      issuer: 'warehouse-issuer',
      networks: ['192.0.2.64/26'],
      publishers: [
        {
          name: 'stock',
          user: 'stock',
          subject: 'orders.commands.stock',
          image: 'registry.example.com/stock:0.9.0',
          passwordInEnvironment: true,
        },
      ],
    },
  ],
};
