import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mint } from '../certs/mint.ts';
import { formatPasswords, PASSWORDS, randomPassword } from '../certs/store/passwords.ts';
import { BROKER, DEFAULT_USER, LEAF, passwordName } from '../model/names.ts';
import { resolve } from '../model/resolve.ts';
import type { LeafCluster, Topology } from '../model/topology.ts';
import { minted } from '../test/support/minted.ts';
import { needed } from '../test/support/parts.ts';
import type { Pod } from '../test/support/stage/pod.ts';
import type { TcpPorts } from '../test/support/stage/tcp-ports.ts';
import { World } from '../test/support/stage/world.ts';
import { until } from '../test/support/until.ts';

/** The broker's NodePort for leaves. */
export const HOP = 30722;

const SUBJECT = 'bench';

/** A broker and one leaf that run as they are synthesized, and clients on both sides of the hop between them. */
export class Pair {
  private constructor(
    private readonly world: World,
    readonly nodePorts: TcpPorts,
    private readonly broker: Pod,
    private readonly leaf: Pod,
    private readonly env: Record<string, string>,
  ) {}

  /** @param folder - a new one, for credentials */
  static async start(topology: Topology, folder: string): Promise<Pair> {
    const opened = open(topology);
    const { brokerCluster } = opened;
    const [leafCluster] = opened.leafClusters as [LeafCluster];
    const issued = join(folder, 'issued');
    const password = samePasswords(opened, issued);
    const objects = minted(opened, issued);
    const world = World.start();
    const a = world.cluster(brokerCluster.address, objects.get(brokerCluster.name)!);
    const b = world.cluster(leafCluster.address, objects.get(leafCluster.name)!);
    const broker = await a.startPod(`${BROKER}-0`);
    const leaf = await b.startPod(`${LEAF}-0`);
    const env = { HOME: folder, NATS_USER: DEFAULT_USER, NATS_PASSWORD: password };
    const pair = new Pair(world, a.nodePorts, broker, leaf, env);
    await pair.joined();
    return pair;
  }

  /** Messages a second that a subscriber on the leaf receives of what a publisher on the broker sends. */
  async throughput(messages: number, size: number): Promise<number> {
    const flags = [SUBJECT, '--msgs', String(messages), '--size', `${size}B`, '--no-progress'];
    const received = this.nats(this.leaf, ['--server', this.leafUrl, 'bench', 'sub', ...flags]);
    // The leaf tells the broker of its subscriber.
    await sleep(1500);
    await this.nats(this.broker, ['--server', this.brokerUrl, 'bench', 'pub', ...flags]);
    return Number(found(await received, /([\d,]+) msgs\/sec/).replaceAll(',', ''));
  }

  /** Median time in milliseconds from a publisher on the broker to a subscriber on the leaf. */
  async latency(): Promise<number> {
    const servers = ['--server', this.brokerUrl, '--server-b', this.leafUrl];
    const output = await this.nats(this.broker, ['latency', ...servers, '--size', '128', '--duration', '5s']);
    return milliseconds(found(output, /Median Latency *: (\S+)/));
  }

  /** Waits until the leaf has joined the broker. */
  joined = () => until('the leaf has joined', () => this.isJoined(), 180_000);

  /** Waits until the leaf has noticed that it has lost the broker. */
  left = () => until('the leaf has lost the broker', async () => !(await this.isJoined()), 180_000);

  stop = () => this.world.stop();

  private get brokerUrl() {
    return `nats://${this.broker.ip}:4222`;
  }

  private get leafUrl() {
    return `nats://${this.leaf.ip}:4222`;
  }

  private async isJoined(): Promise<boolean> {
    const { stdout } = await this.leaf.exec(['wget', '-q', '-O', '-', 'http://127.0.0.1:8222/leafz']);
    return stdout.includes('"leafnodes": 1');
  }

  private async nats(pod: Pod, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await pod.run([needed('nats'), ...args], {
      env: this.env,
      timeout: 60_000,
    });
    if (code !== 0) throw new Error(`nats ${args.join(' ')} exited with ${code}: ${stderr}${stdout}`);
    return stdout + stderr;
  }
}

/**
 * One client on either side that may use every subject, because `nats latency` makes up its own, and that connects
 * without TLS, so that the hop is the only difference between two pairs.
 */
function open(topology: Topology): Topology {
  const client = { name: 'bench', subject: SUBJECT, publish: ['>'], subscribe: ['>'] };
  return {
    ...topology,
    brokerCluster: {
      ...topology.brokerCluster,
      publishers: [client],
      clientListener: { nodePort: 'closed', tls: false },
    },
    leafClusters: topology.leafClusters.map((leaf) => ({ ...leaf, subscribers: [client] })),
  };
}

/** One password for both sides, because `nats latency` takes only one. */
function samePasswords(topology: Topology, folder: string): string {
  mint(resolve(topology), folder);
  const path = join(folder, PASSWORDS);
  const passwords = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  const password = randomPassword();
  for (const { name } of [topology.brokerCluster, ...topology.leafClusters])
    passwords[passwordName(name, DEFAULT_USER)] = password;
  writeFileSync(path, formatPasswords(passwords));
  return password;
}

function found(output: string, pattern: RegExp): string {
  const [, value] = pattern.exec(output) ?? [];
  if (!value) throw new Error(`nats printed nothing that matches ${pattern}:\n${output}`);
  return value;
}

/** A duration as Go writes it, such as `412.3µs` or `1.02ms`. */
function milliseconds(duration: string): number {
  const units: Record<string, number> = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1000 };
  const [, value, unit = ''] = /^([\d.]+)(ns|µs|ms|s)$/.exec(duration) ?? [];
  return Number(value) * (units[unit] ?? Number.NaN);
}
