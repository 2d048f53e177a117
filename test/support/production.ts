import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialsOf } from '../../certs/credentials.ts';
import { mint } from '../../certs/mint.ts';
import { topology as example } from '../../examples/production.ts';
import { siteClusters } from '../../model/implied.ts';
import { resolve } from '../../model/resolve.ts';
import type { BrokerCluster, Topology, Cluster as TopologyCluster } from '../../model/topology.ts';
import { secretsManifest } from '../../synth/secrets.ts';
import { synthesize } from '../../synth/synthesize.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Group } from './copies.ts';
import type { KubeObject } from './manifest.ts';
import { minted, objectsOf } from './minted.ts';
import { monitor } from './monitor.ts';
import type { Network } from './stage/network.ts';
import type { Pod } from './stage/pod.ts';
import { World } from './stage/world.ts';

/** Milliseconds for which a certificate is signed. */
export const YEAR = 365 * 24 * 3_600_000;

/** The pods of one leaf cluster. */
export interface Leaf {
  readonly cluster: Cluster;
  readonly servers: Pod[];
  controller: Pod;
  subscriber: Pod;
  /** What subscribers of this cluster logged that run no more. */
  earlier: string;
}

/** A cluster with servers of the broker. */
export interface BrokerSite {
  readonly name: string;
  readonly address: string;
  readonly cluster: Cluster;
  readonly servers: Pod[];
  /** `nats-publisher`, where one runs. */
  publisher?: Pod;
}

/** What differs from the example as it stands. */
export interface ProductionOptions {
  /** What is like the example, and taken in its place. @default - examples/production.ts */
  readonly topology?: Topology;
  /** How many of its leaf clusters are started. @default - all */
  readonly leaves?: number;
  /** Whether each cluster's volumes are on a disk whose power can be cut. @default false */
  readonly ownDisks?: boolean;
}

/** The clusters of examples/production.ts, or of one like it, started in the order in which an operator would. */
export class Production {
  /** Of the cluster that the broker is known by. */
  readonly brokers: Pod[] = [];
  /** Every cluster with servers of the broker, that one first. */
  readonly sites: BrokerSite[] = [];
  readonly leaves: Leaf[] = [];
  hub!: Cluster;
  publisher!: Pod;
  controller!: Pod;
  private readonly world = World.start();
  private readonly folder = mkdtempSync(join(tmpdir(), 'nats-mtls-production-'));
  readonly clusters = new Map<string, Cluster>();
  /** Every object of each cluster, whether or not the stage knows what to do with it. */
  objects: ReadonlyMap<string, readonly KubeObject[]> = new Map();
  private topology: Topology;

  private constructor(private readonly options: ProductionOptions) {
    const { topology = example, leaves } = options;
    this.topology = { ...topology, leafClusters: topology.leafClusters.slice(0, leaves) };
  }

  static async start(options: ProductionOptions = {}): Promise<Production> {
    const production = new Production(options);
    try {
      await production.launch();
    } catch (error) {
      await production.stop();
      throw error;
    }
    return production;
  }

  /** Has all certificates but the roots signed anew, as if it were `now`, and every cluster take the Secrets. */
  renewCertificates(now = new Date()) {
    const credentials = credentialsOf(resolve(this.topology), this.sign(now).inventory);
    for (const { name, secrets } of synthesize(resolve(this.topology))) {
      this.clusters.get(name)?.apply(...objectsOf(secretsManifest(secrets, credentials)));
    }
  }

  /** Has the broker cluster take what a changed topology says of it, which may name no new client. */
  change(brokerCluster: Partial<BrokerCluster>) {
    const changed = { ...this.topology, brokerCluster: { ...this.topology.brokerCluster, ...brokerCluster } };
    this.hub.apply(...minted(changed, this.issued).get(changed.brokerCluster.name)!);
  }

  /** Has every cluster take what a changed topology says of it, and makes those that it adds, without a pod. */
  become(topology: Topology) {
    this.topology = topology;
    this.objects = minted(topology, this.issued);
    for (const { name, address } of [...siteClusters(topology.brokerCluster), ...topology.leafClusters]) {
      const objects = this.objects.get(name)!;
      const cluster = this.clusters.get(name);
      if (cluster) cluster.apply(...objects);
      else this.clusters.set(name, this.world.cluster(address, objects));
    }
  }

  /** Starts the servers of a site that `become` has added. */
  async startSite(name: string) {
    const site = siteClusters(this.topology.brokerCluster).find((each) => each.name === name)!;
    const cluster = this.clusters.get(name)!;
    const servers = await startServers(cluster, 'nats-broker', site);
    const publisher = site.publishers?.length ? await cluster.startPod('nats-publisher') : undefined;
    this.sites.push({ name, address: site.address, cluster, servers, ...(publisher && { publisher }) });
  }

  /** Restarts the servers of a site, the last one first, as the controller of a StatefulSet does; more than `replicas` go. */
  async roll({ cluster, servers }: BrokerSite, replicas = servers.length) {
    for (const server of servers.splice(replicas)) await server.stop();
    for (const [i, server] of [...servers.entries()].reverse()) {
      await server.stop();
      servers[i] = await cluster.startPod(server.name, server);
      await servers[i].ready(60_000);
    }
  }

  /** Has a leaf cluster begin anew with so many servers, on empty volumes, as docs/operations.md says. */
  async rebuildLeaf(leaf: Leaf, replicas: number) {
    leaf.earlier += leaf.subscriber.logs();
    await leaf.subscriber.stop();
    await Promise.all(leaf.servers.map((server) => server.stop()));
    for (const server of leaf.servers) leaf.cluster.deleteClaims(server);
    const [cluster] = this.topology.leafClusters.filter(
      ({ name }) => this.clusters.get(name) === leaf.cluster,
    );
    const changed = { ...cluster!, replicas };
    const leafClusters = this.topology.leafClusters.map((each) => (each === cluster ? changed : each));
    leaf.cluster.apply(...minted({ ...this.topology, leafClusters }, this.issued).get(changed.name)!);
    leaf.servers.splice(0, leaf.servers.length, ...(await startServers(leaf.cluster, 'nats-leaf', changed)));
    leaf.subscriber = await leaf.cluster.startPod('nats-subscriber');
  }

  private sign(now: Date) {
    const replaced = readdirSync(this.issued).filter((file) =>
      /^(?!ca\.|nats-ca\.).*\.(crt|key)$/.test(file),
    );
    for (const file of replaced) rmSync(join(this.issued, file));
    return mint(resolve(this.topology), this.issued, { now });
  }

  /** Adds a host that is in no cluster. */
  outsider(address: string): Network {
    return this.world.outsider(address);
  }

  async stop() {
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Folder of what was minted. */
  get issued() {
    return join(this.folder, 'issued');
  }

  /** Starts the pods of the broker cluster again, whose node was down. */
  async bootHub() {
    const { hub } = this;
    const booted = await Promise.all(this.brokers.map((pod) => hub.startPod(pod.name, pod)));
    this.brokers.splice(0, booted.length, ...booted);
    this.controller = await hub.startPod('nats-streams', this.controller);
    this.publisher = await hub.startPod('nats-publisher', this.publisher);
  }

  /** Starts the pods of a site again, whose node was down. */
  async bootSite(site: BrokerSite) {
    const { cluster, servers, publisher } = site;
    const booted = await Promise.all(servers.map((pod) => cluster.startPod(pod.name, pod)));
    servers.splice(0, booted.length, ...booted);
    await Promise.all(booted.map((pod) => pod.ready(60_000)));
    if (cluster === this.hub) this.controller = await cluster.startPod('nats-streams', this.controller);
    if (publisher) site.publisher = await cluster.startPod('nats-publisher', publisher);
  }

  /** Starts the pods of a leaf cluster again, whose node was down. */
  async bootLeaf(leaf: Leaf) {
    leaf.earlier += leaf.subscriber.logs();
    const booted = await Promise.all(leaf.servers.map((pod) => leaf.cluster.startPod(pod.name, pod)));
    leaf.servers.splice(0, booted.length, ...booted);
    leaf.controller = await leaf.cluster.startPod('nats-streams', leaf.controller);
    leaf.subscriber = await leaf.cluster.startPod('nats-subscriber', leaf.subscriber);
  }

  private async launch() {
    const { brokerCluster, leafClusters } = this.topology;
    // Roots that are as old as certificates can get, so that one can be signed that is about to expire.
    mint(resolve(this.topology), this.issued, { now: new Date(Date.now() - YEAR) });
    this.sign(new Date());
    this.objects = minted(this.topology, this.issued);
    const sites = siteClusters(brokerCluster);
    for (const { name, address } of [...sites, ...leafClusters]) {
      this.clusters.set(
        name,
        this.world.cluster(address, this.objects.get(name)!, { ownDisk: this.options.ownDisks }),
      );
    }
    this.hub = this.clusters.get(brokerCluster.name)!;
    const started = sites.map(async (site): Promise<BrokerSite> => {
      const cluster = this.clusters.get(site.name)!;
      const servers = await startServers(cluster, 'nats-broker', site);
      return { name: site.name, address: site.address, cluster, servers };
    });
    this.sites.push(...(await Promise.all(started)));
    this.brokers.push(...this.sites[0]!.servers);
    this.controller = await this.hub.startPod('nats-streams');
    await this.controller.ready(40_000);
    for (const [i, site] of this.sites.entries())
      if (sites[i]?.publishers?.length) site.publisher = await site.cluster.startPod('nats-publisher');
    this.publisher = this.sites[0]!.publisher!;
    const others = leafClusters.map(({ name }) => this.clusters.get(name)!);
    for (const [i, cluster] of others.entries()) {
      const servers = await startServers(cluster, 'nats-leaf', leafClusters[i]!);
      const controller = await cluster.startPod('nats-streams');
      await controller.ready(40_000);
      const subscriber = await cluster.startPod('nats-subscriber');
      this.leaves.push({ cluster, servers, controller, subscriber, earlier: '' });
    }
  }
}

/** The servers of a cluster, which wait for each other. */
async function startServers(cluster: Cluster, name: string, { replicas = 1 }: TopologyCluster) {
  const names = Array.from({ length: replicas }, (_, i) => `${name}-${i}`);
  const pods = await Promise.all(names.map((pod) => cluster.startPod(pod)));
  await Promise.all(pods.map((pod) => pod.ready()));
  return pods;
}

/** All that the subscribers of a leaf cluster have logged. */
export const logOf = (leaf: Leaf): string => `${leaf.earlier}${leaf.subscriber.logs()}`;

/** Numbers of the demonstration's messages in that log, in its order. */
export const received = (leaf: Leaf): number[] =>
  [...logOf(leaf).matchAll(/^✓ Received: Message #(\d+) /gm)].map(([, number]) => Number(number));

/** As many numbers, from the first of them, without a gap. */
export const consecutive = (numbers: readonly number[]): number[] =>
  numbers.map((_, i) => (numbers[0] ?? 0) + i);

/** What `/jsz` says of a stream, as far as the tests look at it. */
export interface StreamDetail {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: {
    readonly messages: number;
    readonly bytes: number;
    readonly first_seq: number;
    readonly last_seq: number;
  };
  readonly cluster?: Group;
  readonly consumer_detail?: readonly {
    readonly name: string;
    readonly config: object;
    readonly num_pending: number;
    readonly cluster?: Group;
  }[];
}

/** The streams that a server has. */
export async function streamsOf(server: Pick<Pod, 'exec'>): Promise<readonly StreamDetail[]> {
  const { account_details } = await monitor(server, 'jsz?streams=1&consumers=1&config=1');
  return account_details?.[0]?.stream_detail ?? [];
}

/** Which of some servers takes itself for the leader of the first stream, if one does. */
export async function leaderAmong(servers: readonly Pod[]): Promise<Pod | undefined> {
  for (const server of servers) {
    const [stream] = await streamsOf(server);
    if (stream?.cluster?.leader?.endsWith(`-${server.name}`)) return server;
  }
  return undefined;
}
