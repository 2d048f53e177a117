import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Topology } from '../../../model/topology.ts';
import { topology as standard } from '../../../topology.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { minted } from '../minted.ts';
import type { Background, Network } from '../stage/network.ts';
import type { Pod } from '../stage/pod.ts';
import { World } from '../stage/world.ts';

export const SUBJECT = 'orders.created';

const [CLIENT, OTHER] = ['orders', 'billing'];
const topology: Topology = {
  ...standard,
  brokerCluster: {
    ...standard.brokerCluster,
    externalClients: [
      { name: CLIENT, networks: 'anywhere', publish: [SUBJECT], subscribe: [SUBJECT] },
      { name: OTHER, networks: 'anywhere', publish: [SUBJECT] },
    ],
  },
};

/** What a client's Secret holds, by key. */
export type Secret = Readonly<Record<string, string>>;

/** The broker of the standard topology with a client of its own, which runs on a host outside of the cluster. */
export class Scene {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nats-mtls-clients-'));
  private generation = 0;
  private readonly world = World.start();
  readonly host: Network = this.world.outsider('5.5.5.5');
  private readonly cluster: Cluster;
  private broker: Pod | undefined;

  private constructor() {
    this.cluster = this.world.cluster('1.1.1.1', this.objects());
  }

  static async start(): Promise<Scene> {
    const scene = new Scene();
    scene.broker = await scene.cluster.startPod('nats-broker-0');
    await scene.broker.ready();
    return scene;
  }

  async stop() {
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private objects() {
    return minted(topology, this.issued).get('vm-a')!;
  }

  private get issued() {
    return join(this.folder, `issued-${this.generation}`);
  }

  /** The Secret of a client, by its name. */
  secret(client = CLIENT): Secret {
    const text = (file: string) => readFileSync(join(this.issued, file), 'utf8');
    return {
      url: 'nats://1.1.1.1:30422',
      username: client,
      password: JSON.parse(text('passwords.json'))[`vm-a/${client}`],
      'ca.crt': text('nats-ca.crt'),
      'tls.crt': text(`vm-a-${client}.crt`),
      'tls.key': text(`vm-a-${client}.key`),
    };
  }

  /** The Secret of a client that is not this one. */
  get otherSecret(): Secret {
    return this.secret(OTHER);
  }

  /** Gives the broker a new CA, and with it new certificates and passwords, and waits until it has read them. */
  async rotate() {
    this.generation += 1;
    const after = this.broker!.logs('config-reloader').length;
    this.cluster.apply(...this.objects().filter(({ kind }) => kind === 'Secret'));
    const options = { container: 'config-reloader', after, timeout: 30_000 };
    await this.broker!.waitForLog(/nats-server runs on the current files/, options);
  }

  /** Lays a Secret out as the kubelet mounts it, and replaces what was there in one step. @returns the folder */
  mount(name: string, secret: Secret): string {
    const folder = resolve(this.folder, name);
    const data = mkdtempSync(join(this.folder, 'data-'));
    for (const [key, value] of Object.entries(secret)) writeFileSync(join(data, key), value);
    mkdirSync(folder, { recursive: true });
    symlinkSync(data, join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));
    for (const key of Object.keys(secret)) {
      rmSync(join(folder, key), { force: true });
      symlinkSync(join('..data', key), join(folder, key));
    }
    return folder;
  }

  /** Starts an example, which finds its Secret in that folder. */
  run(argv: readonly string[], folder: string, subject = SUBJECT): Background {
    return this.host.start(argv, { ...process.env, NATS_FOLDER: folder, NATS_SUBJECT: subject });
  }
}

/** Numbers of the messages that an example has received. */
export const received = ({ log }: Background): number[] =>
  [...log.text.matchAll(/^Received: Message #(\d+)$/gm)].map(([, number]) => Number(number));
