import type { Cluster, Topology } from '../model/topology.ts';
import { topology as production } from './production.ts';

/**
 * Production with metrics for the kube-prometheus-stack of each cluster: Helm release `monitoring` in namespace
 * `monitoring`. Its Prometheus is meshed, so that policies admit it by its service account.
 */
const watched: Pick<Cluster, 'scraper' | 'monitoring'> = {
  scraper: { serviceAccount: 'monitoring-kube-prometheus-prometheus', namespace: 'monitoring' },
  monitoring: {
    kind: 'prometheus-operator',
    labels: { release: 'monitoring' },
    runbook: 'https://wiki.example.com/nats/operations',
  },
};

export const topology: Topology = {
  ...production,
  brokerCluster: { ...production.brokerCluster, ...watched },
  leafClusters: production.leafClusters.map((leaf) => ({ ...leaf, ...watched })),
};
