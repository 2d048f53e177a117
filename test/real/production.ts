import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCredentials } from '../../certs/credentials.ts';
import { mint } from '../../certs/mint.ts';
import { topology } from '../../examples/production.ts';
import type { Topology } from '../../model/topology.ts';
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
  subscriber: Pod;
  /** What subscribers of this cluster logged that run no more. */
  earlier: string;
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

  private constructor(private readonly topology: Topology) {}

  /** Starts the broker cluster and as many leaf clusters of the example. */
  static async start(leaves: number, from: Topology = topology): Promise<Production> {
    const production = new Production(from);
    try {
      await production.launch(leaves);
    } catch (error) {
      await production.stop();
      throw error;
    }
    return production;
  }

  /** Has all certificates but the roots signed anew, as if it were `now`, and every cluster take the Secrets. */
  renewCertificates(now = new Date()) {
    this.sign(now);
    const credentials = loadCredentials(this.topology, this.issued, now);
    for (const { name, secrets } of synthesize(this.topology)) {
      this.clusters.get(name)?.apply(...objectsOf(secretsManifest(secrets, credentials)));
    }
  }

  private sign(now: Date) {
    const replaced = readdirSync(this.issued).filter((file) =>
      /^(?!ca\.|nats-ca\.).*\.(crt|key)$/.test(file),
    );
    for (const file of replaced) rmSync(join(this.issued, file));
    mint(this.topology, this.issued, { now });
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

  private async launch(leaves: number) {
    const { brokerCluster, leafClusters } = this.topology;
    // Roots that are as old as certificates can get, so that one can be signed that is about to expire.
    mint(this.topology, this.issued, { now: new Date(Date.now() - YEAR) });
    this.sign(new Date());
    this.objects = minted(this.topology, this.issued);
    for (const { name, address } of [brokerCluster, ...leafClusters.slice(0, leaves)]) {
      this.clusters.set(name, this.world.cluster(address, this.objects.get(name)!));
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
      await (await cluster.startPod('nats-streams')).ready(40_000);
      this.leaves.push({
        cluster,
        server,
        subscriber: await cluster.startPod('nats-subscriber'),
        earlier: '',
      });
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
