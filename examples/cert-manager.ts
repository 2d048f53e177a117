import type { CertManager } from '../model/certificates.ts';
import type { Topology } from '../model/topology.ts';

/** Of this length unless you say otherwise. */
const certificates: CertManager = { kind: 'cert-manager', duration: '2160h', renewBefore: '720h' };

/**
 * cert-manager makes the NATS certificates of each cluster and renews them, below a CA that `certs` mints for the names of
 * that cluster and no others. Whoever steals the CA of one cluster cannot pose as another.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    certificates,
    publishers: [{ name: 'nats-publisher', subject: 'test.messages' }],
  },
  leafClusters: [
    {
      name: 'vm-b',
      address: '2.2.2.2',
      issuer: 'cluster-b-issuer',
      certificates,
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
  ],
};
