import { topology } from '../../examples/production.ts';
import type { Topology } from '../../model/topology.ts';
import type { Cluster } from './cluster.ts';
import { mintedFiles, objectsOf } from './minted.ts';
import type { Pod } from './pod.ts';
import { World } from './world.ts';

/** The pods of one leaf cluster. */
export interface Leaf {
  readonly cluster: Cluster;
  server: Pod;
  subscriber: Pod;
  /** What subscribers of this cluster logged that run no more. */
  earlier: string;
}

/** The clusters of examples/production.ts, in the order in which an operator would start them. */
export class Production {
  readonly world = World.start();
  readonly brokers: Pod[] = [];
  readonly leaves: Leaf[] = [];
  hub!: Cluster;
  publisher!: Pod;
  keeper!: Pod;

  /** Starts as many leaf clusters of the example. */
  static async start(leaves: number, from: Topology = topology): Promise<Production> {
    const production = new Production();
    await production.startAll(from, leaves);
    return production;
  }

  private async startAll({ brokerCluster, leafClusters }: Topology, leaves: number) {
    const files = mintedFiles(topology);
    const objects = (cluster: string) => [...files.get(cluster)!.values()].flatMap(objectsOf);
    this.hub = this.world.cluster(brokerCluster.address, objects(brokerCluster.name));
    const names = Array.from({ length: brokerCluster.replicas ?? 1 }, (_, i) => `nats-broker-${i}`);
    this.brokers.push(...(await Promise.all(names.map((name) => this.hub.startPod(name)))));
    await Promise.all(this.brokers.map((pod) => pod.ready()));
    this.keeper = await this.hub.startPod('nats-streams');
    await this.keeper.ready(40_000);
    this.publisher = await this.hub.startPod('nats-publisher');
    for (const { name, address } of leafClusters.slice(0, leaves)) {
      const cluster = this.world.cluster(address, objects(name));
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

  stop = () => this.world.stop();
}

/** Numbers of the messages that the subscribers of a leaf cluster have logged, in their order. */
export const received = (leaf: Leaf): number[] =>
  [...`${leaf.earlier}${leaf.subscriber.logs()}`.matchAll(/^✓ Received: Message #(\d+) /gm)].map(([, n]) =>
    Number(n),
  );

/** The numbers from the first to as many as there are. */
export const consecutive = (numbers: readonly number[]): number[] =>
  numbers.map((_, i) => (numbers[0] ?? 0) + i);
