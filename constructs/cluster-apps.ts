import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { delegatedCertificates, type PlannedCertificate } from '../certs/plan.ts';
import type { Listener, ListenerModel } from '../model/listener.ts';
import type { ClusterModel, LeafModel, Model } from '../model/model.ts';
import { CLIENTS_FOLDER, EGRESS, MONITORING, STORE_SECRETS, STREAMS } from '../model/names.ts';
import { storeKey } from '../model/secrets.ts';
import {
  type LeafEndpoint,
  LinkerdNamespace,
  NatsBroker,
  NatsClient,
  NatsLeaf,
  NatsMonitoring,
  NatsStreams,
  Publisher,
  Subscriber,
} from './index.ts';
import { externalSecret } from './kubernetes/external-secret.ts';
import type { CertificateMaker } from './kubernetes/tls-files.ts';
import type { NatsServer } from './nats-server.ts';
import { RequiredSecret } from './required-secret.ts';

/** The constructs of one Kubernetes cluster. */
export interface ClusterApp {
  readonly name: string;
  readonly app: App;
}

/** Builds the constructs of every cluster, one at a time, so that a thousand of them never are in memory at once. */
export function* clusterApps(model: Model): Generator<ClusterApp> {
  const { sites, leaves } = model;
  // Once for all, because each needs a look at every user.
  const made = delegatedCertificates(model);
  let endpoints: LeafEndpoint[] = [];
  for (const site of sites) {
    const built = cluster(model, site, made.get(site.name));
    const broker = new NatsBroker(built.workloads, 'broker', {
      ...built.server,
      address: site.address,
      furtherAddresses: site.addresses.slice(1),
      clientListener: asGiven(site.clientListener),
      leafListener: asGiven(site.leafListener),
      loadBalancer: site.loadBalancer,
      exported: site.exported,
      sites: site.sites,
      ipv6: model.ipv6,
    });
    addClients(built, broker, site);
    addStreams(built.workloads, broker, site, model);
    addMonitoring(built.app, broker, site, model, made.get(site.name));
    for (const client of site.externalClients) broker.allowExternal(client);
    const accepted = leaves.map((leaf) => acceptLeaf(broker, leaf));
    // A leaf that is told of one site is told of all of them, and first of the broker's own.
    if (site === model.broker) endpoints = accepted;
    addStoreSecrets(built.app, site, model);
    yield { name: site.name, app: built.app };
  }

  for (const [i, leafCluster] of leaves.entries()) {
    const built = cluster(model, leafCluster, made.get(leafCluster.name));
    const { app, workloads: chart, server } = built;
    const { mqtt } = leafCluster;
    const leaf = new NatsLeaf(chart, 'leaf', {
      ...server,
      broker: endpoints[i] as LeafEndpoint,
      mqtt: mqtt && { listener: asGiven(mqtt.listener), loadBalancer: mqtt.loadBalancer },
      ipv6: model.ipv6,
    });
    addClients(built, leaf, leafCluster);
    addStreams(chart, leaf, leafCluster, model);
    addMonitoring(app, leaf, leafCluster, model, made.get(leafCluster.name));
    for (const device of mqtt?.devices ?? []) leaf.allowDevice(device);
    addStoreSecrets(app, leafCluster, model);
    yield { name: leafCluster.name, app };
  }
}

/** An App with two charts, which become two files: the namespace, and what runs in it. */
function cluster(
  model: Model,
  {
    name,
    replicas,
    scraper,
    linkerdCni,
    resources,
    jetStream,
    monitoring,
    serverPods,
    serverSettings,
    certificates,
  }: ClusterModel,
  made: readonly PlannedCertificate[] | undefined,
) {
  const app = new App();
  const namespace = new LinkerdNamespace(new Chart(app, 'namespace'), 'namespace', {
    name: model.namespace,
    accessPolicy: model.accessPolicy,
    linkerdCni,
    scraper,
  });
  return {
    app,
    workloads: new Chart(app, 'workloads'),
    server: {
      ...{ namespace, cluster: name, replicas, images: model.images, resources, jetStream },
      ...{ monitoring: monitoring?.kind, pods: serverPods, settings: serverSettings },
      certificates: certificateMaker(certificates, made),
    },
  };
}

/** What cert-manager is told about the certificates of a cluster. */
function certificateMaker(
  certificates: ClusterModel['certificates'],
  made: readonly PlannedCertificate[] | undefined,
): CertificateMaker | undefined {
  if (certificates.kind === 'minted' || !made) return undefined;
  return {
    ...certificates,
    contentOf: (name) => {
      const { commonName, names = [], purposes = [] } = made.find((each) => each.name === name)!;
      return { commonName, names, purposes };
    },
  };
}

function addClients(
  { app, workloads: chart }: ReturnType<typeof cluster>,
  server: NatsServer,
  { publishers, subscribers, clients }: ClusterModel,
): void {
  for (const publisher of publishers) new Publisher(chart, publisher.name, { ...publisher, server });
  for (const subscriber of subscribers) new Subscriber(chart, subscriber.name, { ...subscriber, server });
  // No workload can have this name.
  const own = clients.map((client) => new NatsClient(chart, `client:${client.name}`, { ...client, server }));
  for (const namespace of new Set(clients.map((client) => client.namespace))) {
    const egress = new Chart(new Construct(clientFolder(app, namespace), EGRESS), 'network-policy');
    for (const client of own) if (client.namespace === namespace) client.allowEgress(egress);
  }
}

function addStreams(chart: Chart, server: NatsServer, from: ClusterModel, { broker }: Model): void {
  const { jetStream, streams, consumers, deletable } = from;
  // One controller looks after the streams of all sites.
  if (!jetStream || (from.role === 'broker' && from !== broker)) return;
  const mirrors = from.mirrors.map((stream) => ({ stream, from: broker.name }));
  new NatsStreams(chart, STREAMS, {
    ...{ server, streams, mirrors, consumers, deletable },
    ...{ resources: from.controllerResources, pods: from.pods },
  });
}

function addMonitoring(
  app: App,
  server: NatsServer,
  from: ClusterModel,
  { broker, leaves }: Model,
  made: readonly PlannedCertificate[] = [],
): void {
  const { monitoring, publishers, streams, mirrors } = from;
  if (monitoring?.kind !== 'prometheus-operator') return;
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
  new NatsMonitoring(app, MONITORING, {
    ...monitoring,
    server,
    brokerCluster: broker.name,
    // A leaf is linked to one site, and which one only the leaf can say.
    leaves: from.role === 'broker' && !from.sites ? names(leaves) : [],
    streams: from.role === 'broker' ? broker.streams : streams,
    mirrors,
    publishes: publishers.length > 0,
    certManagerCertificates: made.length,
  });
}

/** Has every Secret of the cluster brought from the store, each by an object in the folder of its namespace. */
function addStoreSecrets(app: App, { name: cluster }: ClusterModel, { secrets, namespace }: Model): void {
  if (secrets.kind !== 'external-secrets') return;
  const charts = new Map<string, Chart>();
  for (const secret of RequiredSecret.all(app)) {
    const isOfClient = secret.namespace !== namespace;
    const chart =
      charts.get(secret.namespace) ??
      new Chart(isOfClient ? clientFolder(app, secret.namespace) : app, STORE_SECRETS);
    charts.set(secret.namespace, chart);
    externalSecret(chart, secret, secrets, storeKey(secrets, cluster, secret));
  }
}

/** What becomes the folder of a client's namespace. */
function clientFolder(app: App, namespace: string): Construct {
  const all = app.node.tryFindChild(CLIENTS_FOLDER) ?? new Construct(app, CLIENTS_FOLDER);
  return (all.node.tryFindChild(namespace) ?? new Construct(all as Construct, namespace)) as Construct;
}

/** What crosses the link is what the leaf's own clients publish and subscribe to, and nothing else. */
function acceptLeaf(broker: NatsBroker, leaf: LeafModel): LeafEndpoint {
  const { name, link, networks, publish, subscribe, mirrors, acknowledged } = leaf;
  return broker.acceptLeaf({
    ...{ cluster: name, link, networks, publish, subscribe, acknowledged },
    mirrors: mirrors.map((stream) => stream.name),
  });
}

/** The listener as the construct is told of it. */
function asGiven({ exposure, tls }: ListenerModel): Listener {
  const opened =
    exposure?.kind === 'LoadBalancer'
      ? { loadBalancerPort: exposure.port }
      : { nodePort: exposure?.port ?? ('closed' as const) };
  return tls ? opened : { ...opened, tls, insecurePlaintext: true };
}
