import { type App, Chart, Yaml } from 'cdk8s';
import { RequiredSecret } from '../constructs/index.ts';
import { checkTopology } from '../model/check-topology.ts';
import type { Topology } from '../model/topology.ts';
import { type ClusterView, clusterView } from '../picture/cluster-view.ts';
import type { Manifest } from '../picture/objects.ts';
import { clusterApps } from './clusters.ts';

/** What synth makes for one cluster. */
export interface ClusterManifests {
  /** Name of the cluster and of its folder. */
  readonly name: string;
  /** Text by the file's path in the folder. `kubectl apply -f` takes files by name, so the namespace comes first. */
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
  const toYaml = yamlWriter();
  for (const { name, app } of clusterApps(checkTopology(topology))) {
    const charts = objectsByFile(app);
    const secrets = RequiredSecret.all(app);
    yield {
      name,
      files: new Map([...charts].map(([file, objects]) => [file, objects.map(toYaml).join('---\n')])),
      secrets,
      view: clusterView(name, [...charts.values()].flat(), secrets),
    };
  }
}

/**
 * The objects of each chart, under a name of a file that stays the same whatever else is written. A chart within
 * another construct goes to a folder of that name, which a plain `kubectl apply -f` of the folder above leaves alone.
 */
export function objectsByFile(app: App): Map<string, Manifest[]> {
  const charts = app.node.findAll().filter((construct) => construct instanceof Chart);
  return new Map(charts.map((chart) => [`${chart.node.path}.k8s.yaml`, chart.toJson()]));
}

/** Writes an object that many clusters have alike only once, because writing YAML takes most of the time of synth. */
function yamlWriter() {
  const written = new Map<string, string>();
  return (object: unknown): string => {
    const key = JSON.stringify(object);
    const text = written.get(key) ?? Yaml.stringify(object);
    written.set(key, text);
    return text;
  };
}
