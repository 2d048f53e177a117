import type { Topology } from '../model/topology.ts';
import { topology as clients } from './clients.ts';

/** The applications of `clients.ts`. Every Secret comes from a store, which the External Secrets Operator asks. */
export const topology: Topology = {
  ...clients,
  secrets: {
    kind: 'external-secrets',
    store: { name: 'nats', kind: 'ClusterSecretStore' },
    refreshInterval: '30m',
    separator: '--',
  },
};
