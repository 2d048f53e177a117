import { Yaml } from 'cdk8s';
import { RequiredSecret } from '../constructs/index.ts';
import { checkTopology } from '../model/check-topology.ts';
import type { Topology } from '../model/topology.ts';
import { type ClusterView, clusterView } from '../picture/cluster-view.ts';
import { clusterApps } from './clusters.ts';

/** What synth makes for one cluster. */
export interface ClusterManifests {
  /** Name of the cluster and of its folder. */
  readonly name: string;
  /** Text by file name. `kubectl apply -f` takes files by name, so the namespace comes first. */
  readonly files: ReadonlyMap<string, string>;
  /** Secrets that the manifests name and that must exist beside them. */
  readonly secrets: readonly RequiredSecret[];
  /** What the same objects say about connections, for the picture. */
  readonly view: ClusterView;
}

/**
 * Turns a topology into manifests, one cluster after the other. The text depends on the topology alone.
 * @throws InvalidInput if the topology cannot work
 */
export function* synthesize(topology: Topology): Generator<ClusterManifests> {
  for (const { name, app } of clusterApps(checkTopology(topology))) {
    const secrets = RequiredSecret.all(app);
    const charts = app.charts.map((chart) => ({
      file: `${chart.node.id}.k8s.yaml`,
      objects: chart.toJson(),
    }));
    yield {
      name,
      // One file for each chart, under a name that stays the same whatever else is written.
      files: new Map(charts.map(({ file, objects }) => [file, Yaml.stringify(...objects)])),
      secrets,
      view: clusterView(
        name,
        charts.flatMap(({ objects }) => objects),
        secrets,
      ),
    };
  }
}
