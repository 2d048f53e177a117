import { type App, Yaml } from 'cdk8s';
import { RequiredSecret } from '../constructs/index.ts';
import { checkTopology } from '../model/check-topology.ts';
import type { Topology } from '../model/topology.ts';
import { clusterApps } from './clusters.ts';

/** What synth makes for one cluster. */
export interface ClusterManifests {
  /** Name of the cluster and of its folder. */
  readonly name: string;
  /** Text by file name. `kubectl apply -f` takes files by name, so the namespace comes first. */
  readonly files: ReadonlyMap<string, string>;
  /** Secrets that the manifests name and that must exist beside them. */
  readonly secrets: readonly RequiredSecret[];
}

/**
 * Turns a topology into manifests, one cluster after the other. The text depends on the topology alone.
 * @throws InvalidInput if the topology cannot work
 */
export function* synthesize(topology: Topology): Generator<ClusterManifests> {
  for (const { name, app } of clusterApps(checkTopology(topology))) {
    yield { name, files: manifests(app), secrets: RequiredSecret.all(app) };
  }
}

/** One file for each chart, under a name that stays the same whatever else is written. */
function manifests(app: App): Map<string, string> {
  return new Map(app.charts.map((chart) => [`${chart.node.id}.k8s.yaml`, Yaml.stringify(...chart.toJson())]));
}
