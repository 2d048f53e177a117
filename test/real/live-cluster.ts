import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, type ApiObject } from './api-client.ts';
import { ApiServer } from './api-server.ts';
import type { Cluster } from './cluster.ts';
import { freePorts } from './free-ports.ts';
import type { Images } from './images.ts';
import type { Access } from './kubeconfig.ts';
import { Kubelet } from './kubelet.ts';
import { kubeletCertificates } from './kubelet-certificates.ts';
import type { KubeObject } from './manifest.ts';
import { objectsOf } from './minted.ts';
import type { Pod } from './pod.ts';
import { podObject, podStatus } from './pod-object.ts';
import { TcpPorts } from './tcp-ports.ts';
import { until } from './until.ts';
import { countPods, ownerOf } from './workload-objects.ts';
import type { World } from './world.ts';

const CRDS = join(import.meta.dirname, '..', '..', 'imports', 'crds');

export interface LiveClusterProps {
  readonly name: string;
  readonly address: string;
  /** Texts of the manifests by file name, Secrets included, such as `mintedFiles(topology).get('vm-a')`. */
  readonly files: ReadonlyMap<string, string>;
  /** @default - those of NATS */
  readonly images?: Images;
}

interface Known {
  readonly pod: Pod;
  readonly object: ApiObject;
  status: string;
  ready: boolean;
}

/**
 * A cluster of pods that run, and the real API server that knows them: clients of the API list them, see them fail,
 * and reach them through a kubelet. In the place of the scheduler and the controllers, the test says which pods run.
 */
export class LiveCluster {
  private readonly client: ApiClient;
  private readonly known = new Map<string, Known>();
  private readonly counted = new Map<string, string>();
  private readonly workloads: KubeObject[];
  private queue: Promise<void> = Promise.resolve();
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();

  private constructor(
    private readonly props: LiveClusterProps,
    private readonly folder: string,
    readonly cluster: Cluster,
    readonly api: ApiServer,
    private readonly kubelet: Kubelet,
    private readonly front: TcpPorts,
    private readonly port: number,
    objects: readonly KubeObject[],
  ) {
    this.client = new ApiClient(api.access);
    this.workloads = objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
  }

  /** Starts the API server and the kubelet, and applies the manifests as a user does. No pod runs yet. */
  static async start(world: World, props: LiveClusterProps): Promise<LiveCluster> {
    const folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-live-`));
    const objects = [...props.files.values()].flatMap(objectsOf);
    const cluster = world.cluster(props.address, objects, props.images);
    const certificates = kubeletCertificates(folder);
    const [kubelet, [port = 0]] = await Promise.all([Kubelet.start(certificates), freePorts(1)]);
    const api = await ApiServer.start({ kubelet: certificates }).catch(async (error) => {
      await kubelet.stop();
      throw error;
    });
    const front = new TcpPorts('127.0.0.1');
    const live = new LiveCluster(props, folder, cluster, api, kubelet, front, port, objects);
    try {
      await live.furnish();
    } catch (error) {
      await live.stop();
      throw error;
    }
    return live;
  }

  /** Starts a pod as `Cluster.startPod` does. Its object is there when this returns. */
  async startPod(name: string, before?: Pod): Promise<Pod> {
    const pod = await this.cluster.startPod(name, before);
    await this.sync();
    return pod;
  }

  /** Waits until the API says of every pod that it is ready. */
  async ready() {
    await until(
      `every pod of ${this.props.name} is ready`,
      async () => {
        await this.sync();
        return [...this.known.values()].every(({ ready }) => ready);
      },
      40_000,
    );
  }

  /** Brings the objects in line with the pods, now rather than within a second. */
  sync(): Promise<void> {
    this.queue = this.queue.catch(() => {}).then(() => this.report());
    return this.queue;
  }

  /** How the administrator reaches the API. The way can be cut and silenced. */
  get access(): Access {
    return { ...this.api.access, server: `https://127.0.0.1:${this.port}` };
  }

  /** Lets the API server hang: connections stand and nothing comes back. */
  silence = () => this.front.silence(this.port);

  /** Ends connections to the API server and refuses new ones. */
  cut = () => this.front.cut(this.port);

  /** Undoes both. */
  heal = () => this.front.heal(this.port);

  /**
   * Adds a user who may do what the rules of a ClusterRole say, and nothing else.
   * @param rules - such as `{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }`
   */
  async addUser(name: string, rules: readonly object[]): Promise<Access> {
    const metadata = { name, namespace: 'default' };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
    await this.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        ...{ metadata: { name }, roleRef, subjects: [{ kind: 'ServiceAccount', ...metadata }] },
      },
    ]);
    return { ...this.access, token: (await this.kubectl(['create', 'token', name])).trim() };
  }

  /** Applies objects by kubectl. */
  apply(objects: readonly object[]) {
    const items = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.kubectl(['apply', '-f', '-'], JSON.stringify(items));
  }

  /** Ends the API server and the kubelet. The pods end with the world. */
  async stop() {
    this.stopping = true;
    await this.loop;
    this.client.stop();
    this.front.stop();
    await Promise.all([this.api.stop(), this.kubelet.stop()]);
    rmSync(this.folder, { recursive: true });
  }

  /** What kubectl says to the administrator. Throws where it fails. */
  async kubectl(args: readonly string[], stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await this.api.kubectl(args, { stdin });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} exited with ${code}: ${stderr}`);
    return stdout;
  }

  private async furnish() {
    const target = { host: '127.0.0.1', port: Number(new URL(this.api.access.server).port) };
    await this.front.target(this.port, [target]);
    await this.api.applyCrds(CRDS);
    const manifests = mkdtempSync(join(this.folder, 'dist-'));
    for (const [name, text] of this.props.files) writeFileSync(join(manifests, name), text, { mode: 0o600 });
    await this.kubectl(['apply', '-f', manifests]);
    await this.registerNode();
    this.loop = this.keepUp();
  }

  private async registerNode() {
    const { name, address } = this.props;
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
    await this.client.apply(node);
    const status = {
      addresses: [
        { type: 'InternalIP', address },
        // Where the kubelet listens; see `ApiServer`.
        { type: 'Hostname', address: '127.0.0.1' },
      ],
      conditions: [{ type: 'Ready', status: 'True' }],
      daemonEndpoints: { kubeletEndpoint: { Port: this.kubelet.port } },
    };
    await this.client.apply({ ...node, status }, '/status');
  }

  private async keepUp() {
    while (!this.stopping) {
      await this.sync();
      await sleep(1000);
    }
  }

  private async report() {
    const pods = [...this.cluster.pods.values()].filter(({ containers }) => containers.size > 0);
    await this.kubelet.tell(pods);
    for (const [name, { pod, object }] of this.known) {
      if (pods.includes(pod)) continue;
      await this.client.remove(object);
      this.known.delete(name);
    }
    for (const pod of pods) await this.reportPod(pod);
    for (const workload of this.workloads) await this.reportWorkload(workload);
  }

  private async reportPod(pod: Pod) {
    const known = this.known.get(pod.name) ?? (await this.create(pod));
    const status = await podStatus(pod);
    const text = JSON.stringify(status);
    if (text === known.status) return;
    const { apiVersion, kind, metadata } = known.object;
    const { name, namespace } = metadata;
    await this.client.apply({ apiVersion, kind, metadata: { name, namespace }, status }, '/status');
    known.status = text;
    known.ready = status.containerStatuses.every(({ ready }) => ready);
  }

  private async create(pod: Pod): Promise<Known> {
    const owner = await ownerOf(this.workloadOf(pod), this.client);
    const object = podObject(pod, owner, this.props.name);
    await this.client.apply(object);
    const known = { pod, object, status: '', ready: false };
    this.known.set(pod.name, known);
    return known;
  }

  private workloadOf(pod: Pod): KubeObject {
    return this.workloads.find(({ metadata }) => pod.name.replace(/-\d+$/, '') === metadata.name)!;
  }

  private async reportWorkload(workload: KubeObject) {
    const own = [...this.known.values()].filter(({ pod }) => this.workloadOf(pod) === workload);
    const counts = { replicas: own.length, ready: own.filter(({ ready }) => ready).length };
    const text = JSON.stringify(counts);
    const key = `${workload.kind}/${workload.metadata.name}`;
    if (this.counted.get(key) === text) return;
    await countPods(workload, counts, this.client);
    this.counted.set(key, text);
  }
}
