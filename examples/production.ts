import type { Resources, Topology } from '../model/topology.ts';

/** More memory than a plain server, for JetStream's caches. */
const resources: Resources = {
  requests: { cpu: '500m', memory: '512Mi' },
  limits: { cpu: '2', memory: '2Gi' },
};

const subscribers = [{ name: 'nats-subscriber', subject: 'test.messages', stream: 'EVENTS' }];

/**
 * No acknowledged message is lost: three brokers store the stream, each leaf cluster mirrors it, publishers wait for
 * acknowledgements, and subscribers acknowledge. A cluster may be cut off for a day.
 */
export const topology: Topology = {
  longestPartition: '24h',
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    replicas: 3,
    resources,
    jetStream: { storage: { size: '10Gi' } },
    streams: [
      {
        name: 'EVENTS',
        subjects: ['test.>'],
        maxAge: '7d',
        maxBytes: '8Gi',
        expected: { messagesPerSecond: 100, bytesPerMessage: 200 },
      },
    ],
    publishers: [{ name: 'nats-publisher', subject: 'test.messages', stream: 'EVENTS' }],
  },
  leafClusters: [
    {
      name: 'vm-b',
      address: '2.2.2.2',
      issuer: 'cluster-b-issuer',
      resources,
      jetStream: { storage: { size: '10Gi' } },
      mirrors: ['EVENTS'],
      subscribers,
    },
    {
      name: 'vm-c',
      address: '3.3.3.3',
      issuer: 'cluster-c-issuer',
      resources,
      jetStream: { storage: { size: '10Gi' } },
      mirrors: ['EVENTS'],
      subscribers,
    },
  ],
};
