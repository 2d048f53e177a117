import { ApiObject, App, Chart, Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  LinkerdNamespace,
  type LinkerdNamespaceProps,
  RequiredSecret,
  type Scraper,
} from '../../../constructs/index.ts';
import type { Credentials } from '../../../model/credentials.ts';
import type { KubeObject, PodTemplate } from '../../support/manifest.ts';

/** Somebody in the mesh who may read metrics. */
export const PROMETHEUS: Scraper = { serviceAccount: 'prometheus', namespace: 'monitoring' };

/** An App for one Kubernetes cluster with a meshed namespace, and an empty chart beside it. */
export function cluster(props?: LinkerdNamespaceProps) {
  const app = new App();
  const namespace = new LinkerdNamespace(new Chart(app, 'namespace'), 'namespace', props);
  return { app, namespace, chart: new Chart(app, 'workloads') };
}

/** What a chart gives to `kubectl apply`. */
export const manifest = (chart: Chart) => Yaml.stringify(...chart.toJson());

/** What one construct adds to its chart. */
export const manifestOf = (construct: Construct) =>
  Yaml.stringify(
    ...construct.node
      .findAll()
      .filter(ApiObject.isApiObject)
      .map((each) => each.toJson()),
  );

export const objects = (chart: Chart): KubeObject[] => chart.toJson();

/** The one object of this kind and name. */
export function object(chart: Chart, kind: string, name: string): KubeObject {
  const found = objects(chart).filter((o) => o.kind === kind && o.metadata.name === name);
  if (found.length !== 1) throw new Error(`the chart has ${found.length} times ${kind} ${name}`);
  return found[0]!;
}

/** `kind/name` of every object in a chart. */
export const listing = (chart: Chart) =>
  objects(chart).map(({ kind, metadata }) => `${kind}/${metadata.name}`);

/** The pod template of a StatefulSet or Deployment. */
export const template = (chart: Chart, kind: string, name: string) =>
  (object(chart, kind, name).spec as { template: PodTemplate }).template;

/** Its first container, which is the workload's own. */
export const container = (chart: Chart, kind: string, name: string) =>
  template(chart, kind, name).spec.containers[0]!;

/** What a NetworkPolicy lets in or out. */
export const rules = (chart: Chart, name: string, direction: 'ingress' | 'egress') =>
  (object(chart, 'NetworkPolicy', name).spec as Partial<Record<typeof direction, unknown[]>>)[direction] ??
  [];

/** Values that tell where they came from. */
export const credentials: Credentials = {
  natsCa: 'the NATS CA',
  certificate: (name) => ({ crt: `certificate ${name}`, key: `key ${name}` }),
  password: (name) => `password ${name}`,
  passwordHash: (name) => `hash of ${name}`,
};

/** The text of every key of the Secrets that a chart's pods mount, as `secret/key`. */
export const secretTexts = (chart: Chart): Record<string, string> =>
  Object.fromEntries(
    RequiredSecret.all(chart).flatMap(({ name, keys }) =>
      Object.entries(keys).map(([key, value]) => [`${name}/${key}`, value(credentials)]),
    ),
  );
