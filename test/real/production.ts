import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialsOf } from '../../certs/credentials.ts';
import { mint } from '../../certs/mint.ts';
import { topology as example } from '../../examples/production.ts';
import type { BrokerCluster, Topology } from '../../model/topology.ts';
import { secretsManifest } from '../../synth/secrets.ts';
import { synthesize } from '../../synth/synthesize.ts';
import type { Cluster } from './cluster.ts';
import type { KubeObject } from './manifest.ts';
import { minted, objectsOf } from './minted.ts';
import type { Network } from './network.ts';
import type { Pod } from './pod.ts';
import { World } from './world.ts';

/** Milliseconds for which a certificate is signed. */
export const YEAR = 365 * 24 * 3_600_000;

/** The pods of one leaf cluster. */
export interface Leaf {
  readonly cluster: Cluster;
  server: Pod;
  keeper: Pod;
  subscriber: Pod;
  /** What subscribers of this cluster logged that run no more. */
  earlier: string;
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
  readonly brokers: Pod[] = [];
  readonly leaves: Leaf[] = [];
  hub!: Cluster;
  publisher!: Pod;
  keeper!: Pod;
  private readonly world = World.start();
  private readonly folder = mkdtempSync(join(tmpdir(), 'nats-mtls-production-'));
  readonly clusters = new Map<string, Cluster>();
  /** Every object of each cluster, whether or not the stage knows what to do with it. */
  objects: ReadonlyMap<string, readonly KubeObject[]> = new Map();
  private readonly topology: Topology;

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
    const credentials = credentialsOf(this.topology, this.sign(now).stock);
    for (const { name, secrets } of synthesize(this.topology)) {
      this.clusters.get(name)?.apply(...objectsOf(secretsManifest(secrets, credentials)));
    }
  }

  /** Has the broker cluster take what a changed topology says of it, which may name no new client. */
  change(brokerCluster: Partial<BrokerCluster>) {
    const changed = { ...this.topology, brokerCluster: { ...this.topology.brokerCluster, ...brokerCluster } };
    this.hub.apply(...minted(changed, this.issued).get(changed.brokerCluster.name)!);
  }

  private sign(now: Date) {
    const replaced = readdirSync(this.issued).filter((file) =>
      /^(?!ca\.|nats-ca\.).*\.(crt|key)$/.test(file),
    );
    for (const file of replaced) rmSync(join(this.issued, file));
    return mint(this.topology, this.issued, { now });
  }

  /** Adds a host that is in no cluster. */
  outsider(address: string): Network {
    return this.world.outsider(address);
  }

  async stop() {
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get issued() {
    return join(this.folder, 'issued');
  }

  /** Starts the pods of the broker cluster again, whose node was down. */
  async bootHub() {
    const { hub } = this;
    const booted = await Promise.all(this.brokers.map((pod) => hub.startPod(pod.name, pod)));
    this.brokers.splice(0, booted.length, ...booted);
    this.keeper = await hub.startPod('nats-streams', this.keeper);
    this.publisher = await hub.startPod('nats-publisher', this.publisher);
  }

  /** Starts the pods of a leaf cluster again, whose node was down. */
  async bootLeaf(leaf: Leaf) {
    leaf.earlier += leaf.subscriber.logs();
    leaf.server = await leaf.cluster.startPod('nats-leaf-0', leaf.server);
    leaf.keeper = await leaf.cluster.startPod('nats-streams', leaf.keeper);
    leaf.subscriber = await leaf.cluster.startPod('nats-subscriber', leaf.subscriber);
  }

  private async launch() {
    const { brokerCluster, leafClusters } = this.topology;
    // Roots that are as old as certificates can get, so that one can be signed that is about to expire.
    mint(this.topology, this.issued, { now: new Date(Date.now() - YEAR) });
    this.sign(new Date());
    this.objects = minted(this.topology, this.issued);
    for (const { name, address } of [brokerCluster, ...leafClusters]) {
      this.clusters.set(
        name,
        this.world.cluster(address, this.objects.get(name)!, { ownDisk: this.options.ownDisks }),
      );
    }
    const [hub, ...others] = [...this.clusters.values()];
    this.hub = hub!;
    const names = Array.from({ length: brokerCluster.replicas ?? 1 }, (_, i) => `nats-broker-${i}`);
    this.brokers.push(...(await Promise.all(names.map((name) => this.hub.startPod(name)))));
    await Promise.all(this.brokers.map((pod) => pod.ready()));
    this.keeper = await this.hub.startPod('nats-streams');
    await this.keeper.ready(40_000);
    this.publisher = await this.hub.startPod('nats-publisher');
    for (const cluster of others) {
      const server = await cluster.startPod('nats-leaf-0');
      await server.ready();
      const keeper = await cluster.startPod('nats-streams');
      await keeper.ready(40_000);
      const subscriber = await cluster.startPod('nats-subscriber');
      this.leaves.push({ cluster, server, keeper, subscriber, earlier: '' });
    }
  }
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
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: { readonly messages: number; readonly last_seq: number };
  readonly consumer_detail?: readonly { readonly config: object }[];
}

/** The streams that a server has. */
export async function streamsOf(server: Pod): Promise<readonly StreamDetail[]> {
  const url = 'http://127.0.0.1:8222/jsz?streams=1&consumers=1&config=1';
  const { stdout } = await server.exec(['wget', '-q', '-O', '-', url]);
  return JSON.parse(stdout).account_details?.[0]?.stream_detail ?? [];
}
