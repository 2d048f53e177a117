import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandOptions, killGroup, type Result, run } from '../command.ts';
import type { Handler } from '../manifest.ts';
import { until } from '../until.ts';
import { confined } from './confined.ts';
import { writeCriLog } from './cri-log.ts';
import { Log } from './log.ts';
import { outputPipe } from './output-pipe.ts';
import { firstChild, rootOf } from './process-tree.ts';

export interface ContainerPlan {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly workingDir: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly hostname: string;
  /** Folder of the root, and the fstab that mounts it. */
  readonly root: string;
  readonly fstab: string;
  readonly network: string;
  /** Where the logs go. */
  readonly folder: string;
  /** File of the pid namespace that the pod's containers share. @default - a namespace of its own */
  readonly pidNamespace?: string;
  readonly postStart?: Handler;
  readonly preStop?: Handler;
}

/** How a container's main process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One container: its main process in namespaces of its own, restarted whenever it ends, as the kubelet does. */
export class Container {
  readonly log: Log;
  readonly exits: Exit[] = [];
  /** What it has written, one file for each start, as a kubelet keeps them. */
  readonly logFiles: string[] = [];
  private process?: ChildProcess;
  private pid = 0;
  private starting: Promise<void> = Promise.resolve();
  private ended: Promise<void> = Promise.resolve();
  private stopping = false;
  private restart?: NodeJS.Timeout;

  constructor(private readonly plan: ContainerPlan) {
    this.log = new Log(`Container \`${plan.name}\``);
  }

  get running() {
    return this.pid !== 0;
  }

  /** Starts the main process and runs the postStart hook. */
  start(): Promise<void> {
    this.starting = this.launch();
    return this.starting;
  }

  private async launch() {
    const { env, network, pidNamespace, hostname, fstab } = this.plan;
    const shared = pidNamespace ? [`--pid=${pidNamespace}`] : [];
    const own = pidNamespace ? [] : ['--pid', '--fork'];
    const output = outputPipe(fstab, this.plan.uid);
    const mount = 'hostname "$0" && mount --all --fstab "$1" && shift && exec "$@"';
    const child = spawn(
      'nsenter',
      // biome-ignore format: one line for each layer
      [
        `--net=${network}`, ...shared,
        'unshare', '--mount', '--uts', '--ipc', ...own,
        '/bin/sh', '-c', mount, hostname, fstab,
        ...confined(this.plan, this.plan.argv),
      ],
      { env, detached: true, stdio: ['ignore', output.writer, output.writer] },
    );
    output.handedOver();
    this.process = child;
    this.log.follow(output.reader);
    writeCriLog(output.reader, this.nextLogFile());
    this.ended = once(child, 'exit').then(async ([code, signal]) => {
      this.pid = 0;
      await output.drained();
      this.exits.push({ code, signal });
      this.restartLater();
    });
    await Promise.race([this.ended, this.entered(child)]);
    await this.hook('postStart', this.plan.postStart, 60_000);
  }

  /** Runs a command in the container, as its user, the way the kubelet runs hooks and probes. */
  exec(argv: readonly string[], options?: CommandOptions): Promise<Result> {
    if (!this.running)
      throw new Error(`Container \`${this.plan.name}\` is not running; its log: ${this.log.text}`);
    return run([...this.enter, ...argv], { ...options, env: { ...this.env, ...options?.env } });
  }

  /** The start of a command line that runs the rest in the container, as its user. */
  get enter(): string[] {
    const target = ['nsenter', `--target=${this.pid}`, '--mount', '--uts', '--ipc', '--net', '--pid'];
    return [...target, ...confined(this.plan)];
  }

  /** The variables of its processes. */
  get env(): Readonly<Record<string, string>> {
    return this.plan.env;
  }

  /** Signals the main process. It is PID 1, so that a signal it has no handler for does nothing. */
  signal(signal: NodeJS.Signals) {
    try {
      if (!this.running) return;
      process.kill(this.pid, signal);
      // What waits for it, nsenter, has stopped with it, and would never hear of its end.
      if (signal === 'SIGCONT' && this.process?.pid) process.kill(this.process.pid, signal);
    } catch (error) {
      // It may end by itself before we hear of it, as after a hook that drains it.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Stops it for good: the preStop hook, SIGTERM, and SIGKILL when the grace period is over. */
  async stop(graceSeconds: number) {
    this.noRestart();
    // A restart that is under way is finished first, or the signals would go nowhere.
    await this.starting.catch(() => {});
    const start = Date.now();
    await this.hook('preStop', this.plan.preStop, graceSeconds * 1000);
    this.signal('SIGTERM');
    // The kubelet leaves two seconds to a container whose hook took all of the grace period.
    const left = Math.max(2000, graceSeconds * 1000 - (Date.now() - start));
    const waited = new AbortController();
    await Promise.race([this.ended, sleep(left, undefined, { signal: waited.signal }).catch(() => {})]);
    waited.abort();
    await this.kill();
  }

  /** Ends it for good at once. */
  async kill() {
    this.noRestart();
    if (this.process) killGroup(this.process);
    await this.ended;
  }

  /** Waits until the main process sees the container's root, and learns its pid. */
  private async entered(child: ChildProcess) {
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    const pid = await until(`container \`${this.plan.name}\` has its root`, () => {
      if (hasEnded()) return 0;
      const pid = firstChild(child.pid);
      return pid > 0 && rootOf(pid) === this.plan.root ? pid : undefined;
    });
    if (!hasEnded()) this.pid = pid;
  }

  private async hook(name: string, handler: Handler | undefined, timeout: number) {
    if (!handler || !this.running) return;
    if (handler.sleep) return sleep(handler.sleep.seconds * 1000);
    if (!handler.exec)
      throw new Error(`Container \`${this.plan.name}\`: ${name} can only be run as exec or sleep.`);
    const result = await this.exec(handler.exec.command, { timeout });
    if (result.code === 0) return;
    this.log.text += `${name} exited with ${result.code}: ${result.stderr}\n`;
    if (name === 'postStart') this.signal('SIGKILL');
  }

  private nextLogFile(): string {
    const file = join(this.plan.folder, `${this.logFiles.length}.log`);
    this.logFiles.push(file);
    return file;
  }

  private noRestart() {
    this.stopping = true;
    clearTimeout(this.restart);
  }

  /** At once, then after 10 s, 20 s, 40 s and so on: the kubelet's CrashLoopBackOff. */
  private restartLater() {
    if (this.stopping) return;
    const earlier = this.exits.length - 1;
    const delay = earlier === 0 ? 0 : Math.min(10_000 * 2 ** (earlier - 1), 300_000);
    this.restart = setTimeout(() => {
      this.start().catch((error) => {
        this.log.text += `restart failed: ${error.message}\n`;
      });
    }, delay);
  }
}
