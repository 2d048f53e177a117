import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../free-ports.ts';
import type { KubeObject } from '../manifest.ts';
import { objectsOf } from '../minted.ts';
import type { Images } from '../stage/images.ts';
import type { Pod } from '../stage/pod.ts';
import { TcpPorts } from '../stage/tcp-ports.ts';
import type { World } from '../stage/world.ts';
import { until } from '../until.ts';
import { ApiClient } from './api-client.ts';
import { ApiServer } from './api-server.ts';
import { addUser } from './api-user.ts';
import type { Cluster } from './cluster.ts';
import type { Access } from './kubeconfig.ts';
import { Kubelet } from './kubelet.ts';
import { kubeletCertificates } from './kubelet-certificates.ts';
import { installLinkerdCrds } from './linkerd-crds.ts';
import { type LinkerdInstall, linkerdObjects } from './linkerd-install.ts';
import { LiveObjects } from './live-objects.ts';
import { registerNode } from './node-object.ts';
import { countPods } from './workload-objects.ts';

export interface LiveClusterProps {
  /** Also that of its node. */
  readonly name: string;
  readonly address: string;
  /** Texts of the manifests by file name, Secrets included, such as `mintedFiles(topology).get('vm-a')`. */
  readonly files: ReadonlyMap<string, string>;
  /** @default - those of NATS */
  readonly images?: Images;
}

/**
 * A cluster of pods that run, and the real API server that knows them: clients of the API list them, see them fail,
 * and reach them through a kubelet. In the place of the scheduler and the controllers, the test says which pods run.
 */
export class LiveCluster {
  private readonly client: ApiClient;
  private readonly objects: LiveObjects;
  private readonly front = new TcpPorts(['127.0.0.1']);
  private port = 0;
  private queue: Promise<void> = Promise.resolve();
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();

  private constructor(
    private readonly props: LiveClusterProps,
    private readonly folder: string,
    readonly cluster: Cluster,
    readonly api: ApiServer,
    private readonly kubelet: Kubelet,
  ) {
    this.client = new ApiClient(api.access);
    this.objects = new LiveObjects(this.client, props.name);
  }

  /** Starts the API server and the kubelet, and applies the manifests as a user does. No pod runs yet. */
  static async start(world: World, props: LiveClusterProps): Promise<LiveCluster> {
    const cluster = world.cluster(props.address, [...props.files.values()].flatMap(objectsOf), props.images);
    const folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-live-`));
    const certificates = kubeletCertificates(folder);
    const kubelet = await Kubelet.start(certificates);
    try {
      const api = await ApiServer.start({ kubelet: certificates });
      const live = new LiveCluster(props, folder, cluster, api, kubelet);
      await live.furnish().catch(async (error) => {
        await live.stop();
        throw error;
      });
      return live;
    } catch (error) {
      await kubelet.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Starts a pod as `Cluster.startPod` does. Its object is there when this returns. */
  async startPod(name: string, before?: Pod): Promise<Pod> {
    const pod = await this.cluster.startPod(name, before);
    await this.sync();
    return pod;
  }

  /** Waits until the API says of every pod that it is ready. */
  async ready() {
    const allReady = async () => {
      await this.sync();
      return this.objects.ready;
    };
    await until(`every pod of ${this.props.name} is ready`, allReady, 40_000);
  }

  /** Brings the objects in line with the pods now, rather than within a second. */
  sync(): Promise<void> {
    const report = async () => {
      const pods = [...this.cluster.pods.values()].filter(({ containers }) => containers.size > 0);
      await this.kubelet.tell(pods);
      await this.objects.report(pods);
    };
    this.queue = this.queue.catch(() => {}).then(report);
    return this.queue;
  }

  /**
   * Installs Linkerd as far as the API shows it. Pods that are started from now on have a proxy in their objects.
   * @param nativeSidecar - whether as an init container that stays; default true
   * @param inboundPolicy - what the namespace says of ports without a `Server`; default deny
   */
  async installLinkerd(install: LinkerdInstall, nativeSidecar = true, inboundPolicy = 'deny') {
    const objects = linkerdObjects(install);
    await this.apply(objects);
    for (const object of objects.filter(({ kind }) => kind === 'Deployment')) {
      await countPods(object, { replicas: 1, ready: 1 }, this.client);
    }
    this.objects.injection = { install, nativeSidecar, inboundPolicy };
  }

  /** Leaves pods that are started from now on without a proxy, as a cluster does whose injector is down. */
  stopInjecting() {
    delete this.objects.injection;
  }

  /** Applies objects as a user does, and lets the pods have what changes in their volumes. */
  async apply(objects: readonly KubeObject[]) {
    await this.api.apply(objects);
    this.cluster.apply(...objects);
  }

  /** How the administrator reaches the API. The way can be cut and silenced. */
  get access(): Access {
    return { ...this.api.access, server: `https://127.0.0.1:${this.port}` };
  }

  /** How somebody reaches it who may do what the rules of a ClusterRole say, and nothing else. */
  async accessFor(name: string, rules: readonly object[]): Promise<Access> {
    return { ...this.access, token: await addUser(this.api, name, rules) };
  }

  /** Lets the API hang: connections stand and nothing comes back. */
  silence = () => this.front.silence(this.port);

  /** Ends connections to the API and refuses new ones. */
  cut = () => this.front.cut(this.port);

  /** Undoes both. */
  heal = () => this.front.heal(this.port);

  /** Ends the API server and the kubelet. The pods end with the world. */
  async stop() {
    this.stopping = true;
    try {
      await this.loop;
    } finally {
      this.client.stop();
      this.front.stop();
      await Promise.all([this.api.stop(), this.kubelet.stop()]);
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  private async furnish() {
    [this.port = 0] = await freePorts(1);
    const target = { host: '127.0.0.1', port: Number(new URL(this.api.access.server).port) };
    await this.front.target(this.port, [target]);
    await installLinkerdCrds(this.api);
    const manifests = mkdtempSync(join(this.folder, 'dist-'));
    for (const [name, text] of this.props.files) {
      // A plain apply of a folder leaves those in it alone.
      if (!name.includes('/')) writeFileSync(join(manifests, name), text, { mode: 0o600 });
    }
    await this.api.must(['apply', '-f', manifests]);
    await registerNode(this.client, this.props.name, this.props.address, this.kubelet.port);
    this.loop = this.keepUp();
    // Whoever stops the cluster learns of it.
    this.loop.catch(() => {});
  }

  private async keepUp() {
    while (!this.stopping) {
      await this.sync();
      await sleep(1000);
    }
  }
}
