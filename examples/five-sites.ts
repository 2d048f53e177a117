import type { Topology } from '../model/topology.ts';

const recipient = 'age1ngdl7vmr3lxfjr0pvdf4gr50k4lfnx8wtj6969trga80udex6dkqfkemac';

/** Five sites, of which any two may be lost, and all that may differ between them. */
export const topology: Topology = {
  secrets: { kind: 'sops', recipients: ['age17ppjdvf6z4dj4hjev8ztwu7zcs2fx9eszuxlkm3jwctu2mp65gpq30xvg2'] },
  brokerCluster: {
    name: 'berlin',
    address: 'nats.berlin.example.com',
    issuer: 'berlin-issuer',
    routeNodePort: 31622,
    routeNetworks: ['198.51.100.1/32'],
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    monitoring: { kind: 'prometheus-operator', labels: { release: 'monitoring' } },
    jetStream: { storage: { size: '20Gi', className: 'local-path' } },
    streams: [{ name: 'ORDERS', subjects: ['orders.>'], maxAge: '7d', maxBytes: '8Gi' }],
    consumers: [{ name: 'audit', stream: 'ORDERS' }],
    publishers: [{ name: 'shop', user: 'shop', subject: 'orders.created', stream: 'ORDERS' }],
    furtherSites: [
      {
        name: 'paris',
        address: '198.51.100.2',
        furtherAddresses: ['nats.paris.example.com'],
        issuer: 'paris-issuer',
        trustAnchor: 'own',
        subscribers: [
          { name: 'auditor', user: 'auditor', subject: 'orders.>', stream: 'ORDERS', consumer: 'audit' },
          { name: 'warehouse', user: 'warehouse', subject: 'orders.paid', stream: 'ORDERS' },
        ],
        pods: { nodeSelector: { 'example.com/pool': 'messaging' } },
        serverPods: { nodeSelector: { 'example.com/pool': 'nats' } },
        jetStream: { storage: { size: '40Gi', className: 'fast' } },
      },
      {
        name: 'madrid',
        address: 'nats.madrid.example.com',
        issuer: 'madrid-issuer',
        routeNetworks: ['203.0.113.0/28'],
        clients: [{ name: 'web', namespace: 'shop', publish: ['orders.>'], stream: 'ORDERS' }],
        externalClients: [{ name: 'billing', networks: ['192.0.2.7/32'], publish: ['orders.paid'] }],
        linkerdCni: true,
      },
      {
        name: 'rome',
        address: '198.51.100.4',
        issuer: 'rome-issuer',
        scraper: { serviceAccount: 'agent', namespace: 'monitoring' },
        secretRecipients: [recipient],
      },
      {
        name: 'vienna',
        address: '198.51.100.5',
        issuer: 'vienna-issuer',
        publishers: [{ name: 'refunds', user: 'refunds', subject: 'orders.refunded', stream: 'ORDERS' }],
      },
    ],
  },
  leafClusters: [
    {
      name: 'lisbon',
      address: '198.51.100.9',
      issuer: 'lisbon-issuer',
      jetStream: { storage: { size: '20Gi' } },
      mirrors: ['ORDERS'],
      subscribers: [{ name: 'depot', subject: 'orders.created', stream: 'ORDERS' }],
    },
  ],
};
