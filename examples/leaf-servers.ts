import type { JetStream } from '../model/jetstream.ts';
import type { Topology } from '../model/topology.ts';

const jetStream: JetStream = { storage: { size: '10Gi' } };

/**
 * No server is alone: three brokers, and three servers on the leaf cluster, each with a link of its own. When one of them
 * goes, the others have its streams and mirrors, and applications connect to them.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    replicas: 3,
    jetStream,
    streams: [{ name: 'EVENTS', subjects: ['test.>'], maxAge: '7d', maxBytes: '4Gi' }],
    publishers: [{ name: 'nats-publisher', subject: 'test.messages', stream: 'EVENTS', publish: ['news.>'] }],
  },
  leafClusters: [
    {
      name: 'vm-b',
      address: '2.2.2.2',
      issuer: 'cluster-b-issuer',
      replicas: 3,
      jetStream,
      mirrors: ['EVENTS'],
      streams: [{ name: 'LOCAL', subjects: ['local.>'], maxAge: '7d', maxBytes: '4Gi' }],
      publishers: [{ name: 'nats-local', subject: 'local.messages', stream: 'LOCAL', user: 'local' }],
      subscribers: [
        { name: 'nats-subscriber', subject: 'test.messages', stream: 'EVENTS' },
        { name: 'nats-local-log', subject: 'local.messages', stream: 'LOCAL', user: 'local-log' },
        { name: 'nats-news', subject: 'news.>', user: 'news' },
      ],
    },
  ],
};
