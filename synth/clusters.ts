import { App, Chart } from 'cdk8s';
import {
  type LeafEndpoint,
  LinkerdNamespace,
  type Mirror,
  NatsBroker,
  NatsLeaf,
  NatsMonitoring,
  NatsStreams,
  Publisher,
  Subscriber,
} from '../constructs/index.ts';
import type { NatsServer } from '../constructs/nats-server.ts';
import { consumers, leafLink, leafNetworks, workloads, workloadUser } from '../model/defaults.ts';
import type { Stream } from '../model/jetstream.ts';
import type { Listener } from '../model/listener.ts';
import { MONITORING, STREAMS } from '../model/names.ts';
import type { Cluster, LeafCluster, Topology } from '../model/topology.ts';

/** The constructs of one Kubernetes cluster. */
export interface ClusterApp {
  readonly name: string;
  readonly app: App;
}

/** Builds the constructs of every cluster, one at a time, so that a thousand of them never are in memory at once. */
export function* clusterApps(topology: Topology): Generator<ClusterApp> {
  const { brokerCluster, leafClusters } = topology;
  const built = cluster(topology, brokerCluster);
  const broker = new NatsBroker(built.workloads, 'broker', {
    ...built.server,
    address: brokerCluster.address,
    furtherAddresses: brokerCluster.furtherAddresses,
    replicas: brokerCluster.replicas,
    clientListener: brokerCluster.clientListener,
    leafListener: brokerCluster.leafListener ?? leafListener(leafClusters),
    loadBalancer: brokerCluster.loadBalancer,
    exported: leafClusters.some((leaf) => leafLink(leaf).kind === 'linkerd-gateway'),
    ipv6: topology.ipv6,
  });
  addClients(built.workloads, broker, brokerCluster);
  addStreams(built.workloads, broker, brokerCluster);
  addMonitoring(built.app, broker, topology, brokerCluster);
  for (const client of brokerCluster.externalClients ?? []) broker.allowExternal(client);
  const endpoints = leafClusters.map((leaf) => acceptLeaf(broker, leaf));
  const streams = new Map((brokerCluster.streams ?? []).map((stream) => [stream.name, stream]));
  yield { name: brokerCluster.name, app: built.app };

  for (const [i, leafCluster] of leafClusters.entries()) {
    const { app, workloads: chart, server } = cluster(topology, leafCluster);
    const leaf = new NatsLeaf(chart, 'leaf', { ...server, broker: endpoints[i] as LeafEndpoint });
    addClients(chart, leaf, leafCluster);
    const copied = (leafCluster.mirrors ?? []).map((name) => streams.get(name) as Stream);
    addStreams(
      chart,
      leaf,
      leafCluster,
      copied.map((stream) => ({ stream, from: brokerCluster.name })),
    );
    addMonitoring(app, leaf, topology, leafCluster);
    yield { name: leafCluster.name, app };
  }
}

/** An App with two charts, which become two files: the namespace, and what runs in it. */
function cluster(topology: Topology, of: Cluster) {
  const { name, scraper, linkerdCni, resources, jetStream } = of;
  const app = new App();
  const namespace = new LinkerdNamespace(new Chart(app, 'namespace'), 'namespace', {
    name: topology.namespace,
    accessPolicy: topology.accessPolicy,
    linkerdCni,
    scraper,
  });
  return {
    app,
    workloads: new Chart(app, 'workloads'),
    server: { namespace, cluster: name, resources, jetStream, monitoring: of.monitoring?.kind },
  };
}

function addClients(chart: Chart, server: NatsServer, { publishers = [], subscribers = [] }: Cluster): void {
  for (const publisher of publishers) new Publisher(chart, publisher.name, { ...publisher, server });
  for (const subscriber of subscribers) new Subscriber(chart, subscriber.name, { ...subscriber, server });
}

function addStreams(
  chart: Chart,
  server: NatsServer,
  cluster: Cluster,
  mirrors: readonly Mirror[] = [],
): void {
  if (!cluster.jetStream) return;
  new NatsStreams(chart, STREAMS, {
    server,
    streams: cluster.streams,
    mirrors,
    consumers: consumers(cluster),
    deletable: cluster.deletable,
  });
}

function addMonitoring(
  app: App,
  server: NatsServer,
  topology: Topology,
  cluster: Cluster | LeafCluster,
): void {
  const { monitoring, publishers = [], streams = [] } = cluster;
  if (monitoring?.kind !== 'prometheus-operator') return;
  const { brokerCluster, leafClusters } = topology;
  new NatsMonitoring(app, MONITORING, {
    ...monitoring,
    server,
    brokerCluster: brokerCluster.name,
    leaves: cluster === brokerCluster ? leafClusters.map(({ name }) => name) : [],
    streams: streams.map(({ name }) => name),
    mirrors: 'mirrors' in cluster ? cluster.mirrors : [],
    publishes: publishers.length > 0,
  });
}

/** What crosses the link: what the leaf's own clients publish and subscribe to, and nothing else. */
function acceptLeaf(broker: NatsBroker, leaf: LeafCluster): LeafEndpoint {
  const all = workloads(leaf);
  const unique = (subjects: string[]) => [...new Set(subjects)];
  return broker.acceptLeaf({
    cluster: leaf.name,
    link: leafLink(leaf),
    networks: leafNetworks(leaf),
    publish: unique([
      ...(leaf.publishers ?? []).map(({ subject }) => subject),
      ...all.flatMap(({ publish = [] }) => publish),
    ]),
    subscribe: unique([
      // A subscriber with a stream reads what is in its own cluster already.
      ...(leaf.subscribers ?? []).flatMap(({ subject, stream }) => (stream === undefined ? [subject] : [])),
      ...all.flatMap(({ subscribe = [] }) => subscribe),
    ]),
    mirrors: leaf.mirrors,
    acknowledged: (leaf.publishers ?? []).flatMap((publisher) =>
      publisher.stream === undefined ? [] : [workloadUser(publisher)],
    ),
  });
}

/** How leaves reach the broker when the topology says it only through their links. */
function leafListener(leaves: readonly LeafCluster[]): Listener | undefined {
  const every = (kind: string) => leaves.length > 0 && leaves.every((leaf) => leafLink(leaf).kind === kind);
  if (every('linkerd-gateway')) return { nodePort: 'closed' };
  if (every('plaintext')) return { tls: false, insecurePlaintext: true };
  return undefined;
}
