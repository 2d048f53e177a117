import type { Cluster, Topology } from '../../../model/topology.ts';

/** A topology, with the Prometheus Operator watching each cluster. */
export function watched(topology: Topology): Topology {
  const watch = <C extends Cluster>(cluster: C): C => ({
    ...cluster,
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    monitoring: { kind: 'prometheus-operator' },
  });
  return {
    ...topology,
    brokerCluster: watch(topology.brokerCluster),
    leafClusters: topology.leafClusters.map(watch),
  };
}
