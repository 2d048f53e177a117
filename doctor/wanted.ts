import type { App } from 'cdk8s';
import { NatsServer } from '../constructs/nats-server.ts';
import { RequiredSecret } from '../constructs/required-secret.ts';
import type { Cluster, Topology } from '../model/topology.ts';
import { at, type Conf, readConf } from '../picture/read-conf.ts';
import { clusterApps } from '../synth/clusters.ts';
import { objectsByFile } from '../synth/synthesize.ts';
import type { KubeObject } from './kube.ts';

/** The nats-servers of a cluster, as their manifests describe them. */
export interface WantedServer {
  readonly name: string;
  readonly pods: readonly string[];
  readonly conf: Conf;
  readonly clientTls: boolean;
  readonly leafTls: boolean;
}

/** What synth makes for one cluster, and what should therefore be there. */
export interface Wanted {
  readonly cluster: Cluster;
  readonly isBroker: boolean;
  /** Names of the clusters that have a leaf here. */
  readonly leaves: readonly string[];
  readonly namespace: string;
  readonly objects: readonly KubeObject[];
  readonly secrets: readonly RequiredSecret[];
  readonly server: WantedServer;
}

/**
 * What should be on each of some clusters.
 * @param names of clusters that the topology has
 */
export function wantedOf(topology: Topology, names: ReadonlySet<string>): Wanted[] {
  const clusters = new Map(
    [topology.brokerCluster, ...topology.leafClusters].map((cluster) => [cluster.name, cluster]),
  );
  const wanted: Wanted[] = [];
  const broker = topology.brokerCluster.name;
  for (const { name, app } of clusterApps(topology)) {
    if (!names.has(name)) continue;
    const server = app.node.findAll().find((construct) => construct instanceof NatsServer)!;
    wanted.push({
      cluster: clusters.get(name)!,
      isBroker: name === broker,
      leaves: name === broker ? topology.leafClusters.map((leaf) => leaf.name) : [],
      namespace: server.namespace.name,
      objects: appliedOf(app),
      secrets: RequiredSecret.all(app),
      server: wantedServer(server),
    });
  }
  return wanted;
}

/** What a plain `kubectl apply -f` of the cluster's folder applies, which leaves the folders in it alone. */
const appliedOf = (app: App): KubeObject[] =>
  [...objectsByFile(app)].flatMap(([file, objects]) => (file.includes('/') ? [] : (objects as KubeObject[])));

function wantedServer({ name, replicas, clientTls, config }: NatsServer): WantedServer {
  // What it includes is secret, and says nothing about listeners.
  const conf = readConf(config, () => '');
  return {
    name,
    pods: Array.from({ length: replicas }, (_, i) => `${name}-${i}`),
    conf,
    clientTls,
    leafTls: at(conf, 'leafnodes', 'tls') !== undefined,
  };
}
