import type { App } from 'cdk8s';
import { at, type Conf, readConf } from '../constructs/nats/read-conf.ts';
import { NatsServer } from '../constructs/nats-server.ts';
import { RequiredSecret } from '../constructs/required-secret.ts';
import type { KubeObject } from '../kube/kube-client.ts';
import type { StreamModel } from '../model/jetstream.ts';
import type { ClusterModel, LeafModel, Model } from '../model/model.ts';
import { podNames, serverName } from '../model/names.ts';
import type { SecretsModel } from '../model/secrets.ts';
import { placementOn } from '../model/sites.ts';
import { customizedApps } from '../synth/customized-apps.ts';
import { objectsByFile } from '../synth/synthesize.ts';

/** The nats-servers of a cluster, as their manifests describe them. */
export interface WantedServer {
  readonly name: string;
  readonly pods: readonly string[];
  readonly conf: Conf;
  readonly clientTls: boolean;
  readonly leafTls: boolean;
}

/** A leaf cluster, as its broker knows it. */
export interface WantedLeaf {
  readonly name: string;
  /** What its servers call themselves. */
  readonly servers: readonly string[];
}

/** What synth makes for one cluster, and what should therefore be there. */
export interface Wanted {
  readonly cluster: ClusterModel;
  /** Whether leaves connect here: it is the broker's cluster, or another of its sites. */
  readonly isBroker: boolean;
  /** What the broker's servers on other sites call themselves. */
  readonly otherServers: readonly string[];
  /** Streams that the servers keep, which of a broker with sites are those of all sites. */
  readonly streams: readonly StreamModel[];
  /** What those servers call themselves that are to keep no stream. */
  readonly leaving: readonly string[];
  /** The clusters that have a leaf here, and the servers of each. */
  readonly leaves: readonly WantedLeaf[];
  readonly namespace: string;
  readonly objects: readonly KubeObject[];
  readonly secrets: readonly RequiredSecret[];
  /** How they get there. */
  readonly delivery: SecretsModel;
  readonly server: WantedServer;
}

/**
 * What should be on each of some clusters.
 * @param names of clusters that the topology has
 */
export function wantedOf(model: Model, names: ReadonlySet<string>): Wanted[] {
  const clusters = new Map(model.clusters.map((cluster) => [cluster.name, cluster]));
  const wanted: Wanted[] = [];
  for (const { name, app } of customizedApps(model, names)) {
    const server = app.node.findAll().find((construct) => construct instanceof NatsServer)!;
    const cluster = clusters.get(name)!;
    const isBroker = cluster.role === 'broker';
    wanted.push({
      ...{ cluster, isBroker },
      otherServers: isBroker ? serverNamesOf(model.sites.filter((site) => site !== cluster)) : [],
      streams: isBroker ? model.broker.streams : [...cluster.streams, ...cluster.mirrors],
      leaving: isBroker ? placementOn(model.broker.sites?.servers ?? []).leave : [],
      leaves: isBroker ? model.leaves.map(wantedLeaf) : [],
      namespace: server.namespace.name,
      objects: appliedOf(app),
      secrets: RequiredSecret.all(app),
      delivery: model.secrets,
      server: wantedServer(server),
    });
  }
  return wanted;
}

const wantedLeaf = (leaf: LeafModel): WantedLeaf => ({ name: leaf.name, servers: serverNamesOf([leaf]) });

/** What the servers of some clusters call themselves. */
const serverNamesOf = (clusters: readonly ClusterModel[]) =>
  clusters.flatMap(({ name, server, replicas }) =>
    podNames(server, replicas).map((pod) => serverName(name, pod)),
  );

/** What a plain `kubectl apply -f` of the cluster's folder applies, which leaves the folders in it alone. */
const appliedOf = (app: App): KubeObject[] =>
  [...objectsByFile(app)].flatMap(([file, objects]) => (file.includes('/') ? [] : (objects as KubeObject[])));

function wantedServer({ name, replicas, clientTls, config }: NatsServer): WantedServer {
  // What it includes is secret, and says nothing about listeners.
  const conf = readConf(config, () => '');
  return {
    name,
    pods: podNames(name, replicas),
    conf,
    clientTls,
    leafTls: at(conf, 'leafnodes', 'tls') !== undefined,
  };
}
