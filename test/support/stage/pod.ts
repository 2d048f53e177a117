import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandOptions, Result } from '../command.ts';
import type { KubeObject, PodTemplate } from '../manifest.ts';
import { until } from '../until.ts';
import { Container } from './container.ts';
import { planContainer } from './container-plan.ts';
import type { PodFacts } from './environment.ts';
import type { Images } from './images.ts';
import type { Network } from './network.ts';
import { passes } from './probe.ts';
import { PodVolume } from './volumes.ts';

export interface PodProps extends PodFacts {
  readonly template: PodTemplate;
  /** What it is a pod of. */
  readonly workload: KubeObject;
  /** The headless Service that gives the pod its DNS name. @default - none */
  readonly subdomain?: string;
  readonly network: Network;
  /** The namespace of the kubelet, which the probes come from. */
  readonly node: Network;
  readonly images: Images;
  /** A new folder for what makes the pod run: roots of its containers, and mounted files. */
  readonly folder: string;
  /** A new folder for its emptyDirs. */
  readonly scratchFolder: string;
  /** Folders that outlive the pod, by volume name. */
  readonly claims: ReadonlyMap<string, string>;
}

/** One running pod of a synthesized workload. Made by `Cluster.startPod`. */
export class Pod {
  readonly containers = new Map<string, Container>();
  private readonly volumes = new Map<string, PodVolume>();
  private readonly hostsFile: string;
  private pause?: ChildProcess;

  constructor(
    readonly props: PodProps,
    private readonly stopped: (pod: Pod) => Promise<void>,
  ) {
    const { folder, scratchFolder, template, namespace } = props;
    if (template.spec.initContainers)
      throw new Error(`Pod \`${props.name}\`: init containers cannot be run here.`);
    mkdirSync(folder, { recursive: true });
    this.hostsFile = join(folder, 'hosts');
    this.writeHosts('');
    const fsGroup = template.spec.securityContext?.fsGroup;
    for (const volume of template.spec.volumes ?? []) {
      const path = volume.emptyDir ? join(scratchFolder, volume.name) : join(folder, 'volumes', volume.name);
      this.volumes.set(volume.name, new PodVolume(path, volume, namespace, fsGroup));
    }
    for (const [name, path] of props.claims) {
      this.volumes.set(name, new PodVolume(path, { name, emptyDir: {} }, namespace, fsGroup));
    }
  }

  get name() {
    return this.props.name;
  }

  get ip() {
    return this.props.ip;
  }

  get labels(): Record<string, string> {
    // As the controller of StatefulSets has them.
    return { ...this.props.template.metadata?.labels, 'statefulset.kubernetes.io/pod-name': this.props.name };
  }

  /** The folders of its emptyDirs, which outlive a reboot of the node. */
  get scratch(): ReadonlyMap<string, string> {
    const kept = [...this.volumes].filter(([, { volume }]) => volume.emptyDir);
    return new Map(kept.map(([name, { folder }]) => [name, folder]));
  }

  /** Starts the containers in order. Throws where an object is missing that they need. */
  async start(objects: readonly KubeObject[]) {
    const { spec } = this.props.template;
    this.refreshVolumes(objects);
    const pidNamespace = spec.shareProcessNamespace ? await this.startPause() : undefined;
    const { volumes, hostsFile } = this;
    for (const container of spec.containers) {
      const plan = planContainer(container, { ...this.props, objects, volumes, hostsFile, pidNamespace });
      this.containers.set(container.name, new Container(plan));
    }
    for (const container of this.containers.values()) await container.start();
  }

  /** Brings the mounted ConfigMaps and Secrets up to date. */
  refreshVolumes(objects: readonly KubeObject[]) {
    for (const volume of this.volumes.values()) volume.refresh(objects);
  }

  /** The names that the pod resolves, beside its own. In place, because the file is mounted. */
  writeHosts(lines: string) {
    writeFileSync(this.hostsFile, `127.0.0.1 localhost\n${this.ip} ${this.name}\n${lines}`);
  }

  /** A container by name. @default - the first one */
  container(name = this.props.template.spec.containers[0]?.name ?? ''): Container {
    const container = this.containers.get(name);
    if (!container) throw new Error(`Pod \`${this.name}\` has no container \`${name}\`.`);
    return container;
  }

  /** What a container has written so far, restarts included. */
  logs(container?: string): string {
    return this.container(container).log.text;
  }

  /** Waits for a line in a container's log; `after` leaves out that many characters from the start. */
  waitForLog(pattern: RegExp, options: { container?: string; after?: number; timeout?: number } = {}) {
    return this.container(options.container).log.waitFor(pattern, options);
  }

  /** Like `kubectl exec`: a command in a container, as its user. */
  exec(argv: readonly string[], options: CommandOptions & { container?: string } = {}): Promise<Result> {
    return this.container(options.container).exec(argv, options);
  }

  /** A command of this machine in the pod's network, as root, that resolves names as the pod does. */
  run(argv: readonly string[], options?: CommandOptions): Promise<Result> {
    const resolve = 'mount --bind "$0" /etc/hosts && exec "$@"';
    return this.props.network.run(
      ['unshare', '--mount', 'sh', '-c', resolve, this.hostsFile, ...argv],
      options,
    );
  }

  /** Waits until every readiness probe passes. */
  async ready(timeout = 20_000) {
    const probed = this.props.template.spec.containers.filter((container) => container.readinessProbe);
    for (const spec of probed) {
      await until(`pod \`${this.name}\` is ready`, () => passes(spec, this), timeout).catch((error) => {
        throw new Error(
          `${error.message} The log of \`${spec.name}\`:\n${this.logs(spec.name).slice(-2000)}`,
        );
      });
    }
  }

  /** Ends the pod as `kubectl delete pod` does. */
  async stop() {
    const grace = this.props.template.spec.terminationGracePeriodSeconds ?? 30;
    await Promise.all([...this.containers.values()].map((container) => container.stop(grace)));
    await this.leave();
  }

  /** Ends the pod as a power cut does. */
  async kill() {
    await Promise.all([...this.containers.values()].map((container) => container.kill()));
    await this.leave();
  }

  private leave(): Promise<void> {
    this.pause?.kill('SIGKILL');
    this.props.network.remove();
    return this.stopped(this);
  }

  /** The process that holds the shared pid namespace. Gives the namespace's file. */
  private async startPause(): Promise<string> {
    const [command = '', ...args] = this.props.network.enter;
    const pause = [...args, 'unshare', '--pid', '--fork', '--kill-child', 'sleep', 'infinity'];
    this.pause = spawn(command, pause, { detached: true, stdio: 'ignore' });
    const namespace = `/proc/${this.pause.pid}/ns/pid_for_children`;
    const own = readlinkSync('/proc/self/ns/pid');
    await until('the pause process runs', () => {
      try {
        return readlinkSync(namespace) !== own;
      } catch {
        // Between unshare and fork the link leads nowhere.
        return false;
      }
    });
    return namespace;
  }
} /** Milliseconds in which what heeds SIGTERM stops, on a busy machine. What does not is killed after thirty seconds. */
export const PROMPT = 5000;
