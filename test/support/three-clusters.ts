import type { Topology } from '../../model/topology.ts';
import { topology } from '../../topology.ts';

const { brokerCluster, leafClusters } = topology;

/**
 * The topology that the project comes with, a second leaf cluster that publishes too, a client outside the mesh, and
 * an application in a namespace of its own.
 */
export const threeClusters: Topology = {
  ...topology,
  brokerCluster: {
    ...brokerCluster,
    externalClients: [
      {
        name: 'billing',
        networks: ['7.7.7.7/32'],
        publish: ['invoices'],
        subscribe: ['test.messages', 'edge.>'],
      },
    ],
    clients: [
      { name: 'web', namespace: 'shop', user: 'shop', publish: ['carts.>'], subscribe: ['carts.paid'] },
    ],
  },
  leafClusters: [
    ...leafClusters,
    {
      name: 'vm-c',
      address: '3.3.3.3',
      issuer: 'cluster-c-issuer',
      publishers: [{ name: 'edge-publisher', user: 'edge', subject: 'edge.status' }],
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
  ],
};

/** The same without the second leaf cluster. */
export const withoutVmC: Topology = { ...threeClusters, leafClusters };
