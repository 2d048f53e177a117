import { type App, Chart, Yaml } from 'cdk8s';
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
  const toYaml = yamlWriter();
  for (const { name, app } of clusterApps(checkTopology(topology))) {
    yield { name, files: manifests(app, toYaml), secrets: RequiredSecret.all(app) };
  }
}

/** One file for each chart, under a name that stays the same whatever else is written. */
function manifests(app: App, toYaml: (object: unknown) => string): Map<string, string> {
  const charts = app.node.children.filter((child) => child instanceof Chart);
  return new Map(
    charts.map((chart) => [`${chart.node.id}.k8s.yaml`, chart.toJson().map(toYaml).join('---\n')]),
  );
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
