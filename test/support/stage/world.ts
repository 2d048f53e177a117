import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '../at-end.ts';
import { Cluster } from '../cluster/cluster.ts';
import type { KubeObject } from '../manifest.ts';
import { Disk, removeWithDisks } from './disk.ts';
import { type Images, natsImages } from './images.ts';
import { Network, removeNetworks } from './network.ts';

const prefix = 'nats-mtls-';

let worlds = 0;

/**
 * A small internet in network namespaces: clusters and other hosts that reach each other by the addresses that the
 * topology gives them. Names carry the pid of the test process, so that what a killed one left behind is found.
 */
export class World {
  /** Names that pods can look up, with the addresses that they stand for. */
  readonly names = new Map<string, string>();
  private readonly folder: string;
  private readonly name: string;
  private readonly internet: Network;
  private readonly hosts: Network[] = [];
  private readonly clusters: Cluster[] = [];
  private readonly routes: string[] = [];
  private readonly removed: () => void;

  private constructor() {
    worlds += 1;
    this.name = `${prefix}${process.pid}-${worlds}-`;
    this.folder = mkdtempSync(join(tmpdir(), this.name));
    this.removed = atEnd(() => this.remove());
    this.internet = new Network(`${this.name}internet`);
    this.internet.ip('link add internet type bridge', 'link set internet up');
  }

  static start(): World {
    sweep();
    return new World();
  }

  /**
   * Adds a cluster of one node at an address, or at several, with the objects of its manifests.
   * @param ownDisk - whether its volumes are on a disk of their own, so that it can lose power; default false
   * @param images - what images hold beside the usual ones, or in place of them; default none
   */
  cluster(
    address: string,
    objects: readonly KubeObject[],
    {
      furtherAddresses = [],
      ownDisk = false,
      images = {},
    }: { furtherAddresses?: readonly string[]; ownDisk?: boolean; images?: Images } = {},
  ): Cluster {
    const node = this.outsider(address);
    for (const further of furtherAddresses) node.ip(`addr add ${further}/32 dev eth0`);
    const podNetwork = `10.${42 + this.routes.length}.0`;
    const route = `route add ${podNetwork}.0/24 via ${address} dev eth0 onlink`;
    this.routes.push(route);
    for (const host of this.hosts) if (host !== node) host.ip(route);
    const folder = join(this.folder, address);
    const disk = ownDisk
      ? new Disk(join(this.folder, `${address}-image`), join(this.folder, `${address}-disk`))
      : undefined;
    const cluster = new Cluster(
      {
        ...{ address, furtherAddresses, names: this.names, podNetwork, node, folder, disk },
        images: { ...natsImages, ...images },
      },
      objects,
    );
    this.clusters.push(cluster);
    return cluster;
  }

  /** Adds a host of the internet that is no cluster. */
  outsider(address: string): Network {
    const host = new Network(`${this.name}${address}`);
    host.plugInto(this.internet, 'internet', 'eth0', `host${this.hosts.length}`);
    host.ip(`addr add ${address}/32 dev eth0`, 'route add default dev eth0 scope link', ...this.routes);
    this.hosts.push(host);
    return host;
  }

  /** Ends everything in it at once, and removes it. */
  async stop() {
    await Promise.all(this.clusters.map((cluster) => cluster.stop()));
    this.remove();
    this.removed();
  }

  private remove() {
    removeNetworks((name) => name.startsWith(this.name));
    removeWithDisks(this.folder);
  }
}

/** Removes what test processes left behind that were killed. */
function sweep() {
  const isLeft = (name: string) => {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !existsSync(`/proc/${pid}`);
  };
  removeNetworks(isLeft);
  for (const name of readdirSync(tmpdir()).filter(isLeft)) {
    removeWithDisks(join(tmpdir(), name));
  }
}
