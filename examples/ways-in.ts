import type { Topology } from '../model/topology.ts';

/**
 * Leaves reach the broker through a load balancer, at two addresses and by a name. When one fails they use another. A
 * client outside the mesh uses a NodePort. Plain k3s needs nothing more. For another load balancer, set its class and
 * annotations in `loadBalancer`.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'hub',
    address: '203.0.113.7',
    furtherAddresses: ['203.0.113.8', 'nats.example.com'],
    issuer: 'hub-issuer',
    leafListener: { loadBalancerPort: 7422 },
    publishers: [{ name: 'nats-publisher', subject: 'test.messages' }],
    externalClients: [{ name: 'billing', networks: ['192.0.2.0/24'], subscribe: ['test.messages'] }],
  },
  leafClusters: [
    {
      name: 'shop',
      address: '198.51.100.7',
      issuer: 'shop-issuer',
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
    {
      name: 'warehouse',
      address: 'warehouse.example.com',
      issuer: 'warehouse-issuer',
      networks: ['198.51.100.64/26'],
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
  ],
};
