import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { type CommandOptions, killGroup, type Result, run } from '../command.ts';
import { Log } from './log.ts';

const folder = '/run/netns';

/** A command that runs on in the background of a network namespace. */
export interface Background {
  readonly log: Log;
  readonly process: ChildProcess;
  stop(): void;
}

/** A network namespace that is there already. */
export class NetworkNamespace {
  /** @param path - a file that stands for it, such as /proc/1/ns/net */
  constructor(readonly path: string) {}

  /** The start of a command line that runs the rest in this namespace. */
  get enter(): string[] {
    return ['nsenter', `--net=${this.path}`];
  }

  /** Runs a command of this machine in the namespace, to its end. */
  run(argv: readonly string[], options?: CommandOptions): Promise<Result> {
    return run([...this.enter, ...argv], options);
  }

  /** Starts a command of this machine in the namespace, to be stopped by the caller or with the namespace. */
  start(argv: readonly string[], env = process.env): Background {
    const [command = '', ...args] = [...this.enter, ...argv];
    const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = new Log(basename(argv[0] ?? ''));
    log.follow(child.stdout);
    log.follow(child.stderr);
    child.on('error', (error) => {
      log.text += error.message;
    });
    return { log, process: child, stop: () => killGroup(child) };
  }
}

/** A network namespace of its own: an interface, and commands of this machine run in it. */
export class Network extends NetworkNamespace {
  constructor(readonly name: string) {
    execFileSync('ip', ['netns', 'add', name]);
    super(`${folder}/${name}`);
    this.ip('link set lo up');
  }

  /** Runs lines of `ip` in the namespace. */
  ip(...lines: string[]) {
    execFileSync('ip', ['-netns', this.name, '-batch', '-'], { input: lines.join('\n') });
  }

  /** Passes packets on between its interfaces. */
  forward() {
    execFileSync('nsenter', [`--net=${this.path}`, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
  }

  /** Plugs `interfaceName` of this namespace into a bridge of another one. */
  plugInto(bridgeOwner: Network, bridge: string, interfaceName: string, port: string) {
    bridgeOwner.ip(
      `link add ${port} type veth peer name ${interfaceName} netns ${this.name}`,
      `link set ${port} master ${bridge} up`,
    );
    this.ip(`link set ${interfaceName} up`);
  }

  /** Kills whatever runs in the namespace, and removes it. */
  remove() {
    removeNetwork(this.name);
  }
}

function removeNetwork(name: string) {
  // No error where it is gone: another test process may sweep at the same time.
  const pids = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).stdout.split('\n');
  for (const pid of pids.filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  spawnSync('ip', ['netns', 'del', name]);
}

/** Removes every namespace whose name passes, with all that runs in it. */
export function removeNetworks(matches: (name: string) => boolean) {
  for (const name of networks().filter(matches)) removeNetwork(name);
}

function networks(): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
