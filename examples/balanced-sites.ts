import type { Topology } from '../model/topology.ts';

/** Three sites in a cloud. Each is reached through its load balancer alone, and dials the others from its NAT gateway. */
export const topology: Topology = {
  brokerCluster: {
    name: 'frankfurt',
    address: 'frankfurt.nats.example.com',
    issuer: 'frankfurt-issuer',
    clientListener: { nodePort: 'closed' },
    leafListener: { loadBalancerPort: 7422 },
    routeLoadBalancerPort: 6222,
    routeNetworks: ['203.0.113.1/32'],
    loadBalancer: {
      className: 'service.k8s.aws/nlb',
      annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' },
    },
    jetStream: { storage: { size: '20Gi', className: 'gp3' } },
    streams: [{ name: 'ORDERS', subjects: ['orders.>'], maxAge: '7d', maxBytes: '8Gi' }],
    publishers: [{ name: 'shop', user: 'shop', subject: 'orders.created', stream: 'ORDERS' }],
    furtherSites: [
      {
        name: 'stockholm',
        address: 'stockholm.nats.example.com',
        issuer: 'stockholm-issuer',
        routeNetworks: ['203.0.113.2/32'],
      },
      {
        name: 'milan',
        address: 'milan.nats.example.com',
        issuer: 'milan-issuer',
        routeNetworks: ['203.0.113.3/32'],
      },
    ],
  },
  leafClusters: [{ name: 'depot', address: '198.51.100.9', issuer: 'depot-issuer' }],
};
