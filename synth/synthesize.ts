import { ApiObject, type App, Chart, Yaml } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { RequiredSecret } from '../constructs/index.ts';
import type { Model } from '../model/model.ts';
import { serverName } from '../model/names.ts';
import { type ClusterView, clusterView } from '../picture/cluster-view.ts';
import type { Manifest } from '../picture/objects.ts';
import { customizedApps } from './customized-apps.ts';

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

/** Turns a model into manifests, one cluster after the other. The text depends on the model alone. */
export function* synthesize(model: Model): Generator<ClusterManifests> {
  const toYaml = yamlWriter();
  for (const { name, app } of customizedApps(model)) {
    const charts = objectsByFile(app);
    const secrets = RequiredSecret.all(app);
    yield {
      name,
      files: new Map(
        [...charts].map(([file, objects]) => [
          file,
          objects.map((object) => toYaml(object, name)).join('---\n'),
        ]),
      ),
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
  const all = app.node.findAll().map((construct) => ({ construct, chart: chartOf(construct) }));
  // cdk8s sorts the objects of a chart by what they depend on, which takes as long as writing them. Ours depend on
  // other charts alone, and so keep the order in which they were made; whatever does not is left to cdk8s.
  const isSorted = all.every(
    ({ construct: { node }, chart }) =>
      node.dependencies.every((needed) => chartOf(needed) !== chart) && node.validate().length === 0,
  );
  const objects = (of: Chart) =>
    all.flatMap(({ construct, chart }) =>
      chart === of && ApiObject.isApiObject(construct) ? [construct.toJson()] : [],
    );
  const charts = all.flatMap(({ construct }) => (Chart.isChart(construct) ? [construct] : []));
  return new Map(
    charts.map((chart) => [`${chart.node.path}.k8s.yaml`, isSorted ? objects(chart) : chart.toJson()]),
  );
}

const chartOf = (construct: IConstruct) => construct.node.scopes.findLast((scope) => Chart.isChart(scope));

/** A cluster's name in lower-case letters, digits and dashes: what it becomes part of is written without quotes. */
const PLAIN_NAME = /^[a-z0-9][-a-z0-9]*$/;

/**
 * Writes an object that many clusters have alike only once, because writing YAML takes most of the time of synth. The
 * pods of servers differ in the name of their cluster, for which the text that is kept has gaps.
 */
function yamlWriter() {
  const written = new Map<string, readonly string[]>();
  return (object: unknown, cluster: string): string => {
    const name = serverName(cluster);
    const json = JSON.stringify(object);
    const parts = PLAIN_NAME.test(cluster) ? json.split(JSON.stringify(name)) : [json];
    const key = parts.join('\0');
    const known = written.get(key);
    if (known) return known.join(name);
    const text = Yaml.stringify(object);
    const pieces = parts.length > 1 ? text.split(name) : [text];
    if (pieces.length === parts.length) written.set(key, pieces);
    return text;
  };
}
