import { ApiObject, type App, JsonPatch } from 'cdk8s';
import { type ClusterApp, clusterApps } from '../constructs/cluster-apps.ts';
import { CONFIG_CHECKSUM, CONFIG_FILE, configChecksum } from '../constructs/nats/config-file.ts';
import { NatsServer } from '../constructs/nats-server.ts';
import { refuse } from '../model/checks.ts';
import type { Customize } from '../model/customize.ts';
import type { Model } from '../model/model.ts';
import { kinds } from './promises/kinds.ts';
import { namespace } from './promises/namespace.ts';
import { objectsById } from './promises/objects.ts';
import { pods } from './promises/pods.ts';
import { policies } from './promises/policies.ts';
import { restricted } from './promises/restricted.ts';
import { serverConf } from './promises/server-conf.ts';
import { services } from './promises/services.ts';

const PROMISES = [kinds, namespace, policies, services, pods, restricted, serverConf];

const HOOK = { owner: 'topology.ts', property: 'customize' };

/**
 * The constructs of clusters, changed by the topology's `customize`.
 * @param names - of the clusters. @default - all
 * @throws InvalidInput if that throws, or changes what the manifests promise
 */
export function* customizedApps(model: Model, names?: ReadonlySet<string>): Generator<ClusterApp> {
  for (const cluster of clusterApps(model)) {
    if (names && !names.has(cluster.name)) continue;
    if (model.customize) apply(model.customize, cluster);
    yield cluster;
  }
}

function apply(customize: Customize, { name, app }: ClusterApp): void {
  const before = objectsById(manifests(app));
  const after = attempt(name, () => {
    const result: unknown = customize(app.node.findAll().filter(ApiObject.isApiObject), name);
    if (result instanceof Promise) throw new Error('it returns a promise, and nobody waits for it');
    for (const server of app.node.findAll()) if (server instanceof NatsServer) rollWithConfig(server);
    return objectsById(manifests(app));
  });
  const broken = PROMISES.flatMap((promise) => promise(before, after));
  if (broken.length > 0) refuse(HOOK, `breaks what ${name}'s manifests promise: ${broken.join('.\n- ')}`);
}

const manifests = (app: App) =>
  app.node.findAll().flatMap((construct) => (ApiObject.isApiObject(construct) ? [construct.toJson()] : []));

/** Has the pods roll when their configuration was changed. */
function rollWithConfig({ config, configMap, statefulSet }: NatsServer): void {
  const text = configMap.toJson().data?.[CONFIG_FILE];
  if (typeof text !== 'string' || text === config) return;
  const path = `/spec/template/metadata/annotations/${CONFIG_CHECKSUM.replace('/', '~1')}`;
  statefulSet.addJsonPatch(JsonPatch.replace(path, configChecksum(text)));
}

/** Does what the hook wants; a patch that fits nowhere fails only when the object is made. */
function attempt<Result>(cluster: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return refuse(HOOK, `cannot be carried out on ${cluster}: ${reason}; mend it`);
  }
}
