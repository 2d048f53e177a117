import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject, ServiceSpec, WorkloadSpec } from '../manifest.ts';
import type { Disk } from '../stage/disk.ts';
import type { PodFacts } from '../stage/environment.ts';
import type { Images } from '../stage/images.ts';
import { Network } from '../stage/network.ts';
import { Pod } from '../stage/pod.ts';
import { portNumber } from '../stage/probe.ts';
import { TcpPorts } from '../stage/tcp-ports.ts';

export interface ClusterProps {
  readonly address: string;
  /** Further addresses of the node. */
  readonly furtherAddresses: readonly string[];
  /** Names of the internet, with the addresses that they stand for. */
  readonly names: ReadonlyMap<string, string>;
  readonly images: Images;
  /** First three numbers of the pods' addresses, such as `10.42.0`. */
  readonly podNetwork: string;
  readonly node: Network;
  readonly folder: string;
  /** What claims and emptyDirs are on. @default - this machine's own disk, so that the cluster cannot lose power */
  readonly disk?: Disk | undefined;
}

/** One Kubernetes cluster of one node: its objects, the pods that run, and the ways to them. */
export class Cluster {
  readonly pods = new Map<string, Pod>();
  readonly nodePorts: TcpPorts;
  private started = 0;

  constructor(
    private readonly props: ClusterProps,
    private objects: readonly KubeObject[],
  ) {
    this.nodePorts = new TcpPorts([props.address, ...props.furtherAddresses], props.node.enter);
    props.node.ip(
      'link add pods type bridge',
      `addr add ${props.podNetwork}.1/24 dev pods`,
      'link set pods up',
    );
    props.node.forward();
  }

  /** What its packets come from: the node, and the two halves of its pods' network. */
  get networks(): readonly string[] {
    const { address, podNetwork } = this.props;
    return [`${address}/32`, `${podNetwork}.0/25`, `${podNetwork}.128/25`];
  }

  /** The network of the node itself, where a test can run commands of this machine. */
  get node(): Network {
    return this.props.node;
  }

  /** Replaces or adds objects. Mounted ConfigMaps and Secrets follow; a pod follows when it is started again. */
  apply(...objects: KubeObject[]) {
    const key = ({ kind, metadata }: KubeObject) =>
      `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`;
    const changed = new Set(objects.map(key));
    this.objects = [...this.objects.filter((object) => !changed.has(key(object))), ...objects];
    for (const pod of this.pods.values()) pod.refreshVolumes(this.objects);
  }

  /**
   * Starts a pod of a StatefulSet, by the pod's name (`nats-broker-0`), or one more pod of another workload, by the
   * workload's name (`nats-publisher`). Its containers run when this returns; `pod.ready()` waits for the probes.
   * @param before - the killed pod whose node has booted again, so that its emptyDirs are still there
   */
  async startPod(name: string, before?: Pod): Promise<Pod> {
    const workload = this.workload(name);
    const { template, serviceName, volumeClaimTemplates = [] } = workload.spec as WorkloadSpec;
    this.started += 1;
    const podName = workload.kind === 'StatefulSet' ? name : `${name}-${this.started}`;
    if (this.pods.has(podName)) throw new Error(`Pod \`${podName}\` is running already.`);
    const facts: PodFacts = {
      name: podName,
      namespace: workload.metadata.namespace ?? 'default',
      ip: `${this.props.podNetwork}.${this.started + 1}`,
      hostIp: this.props.address,
      serviceAccount: template.spec.serviceAccountName ?? 'default',
    };
    const claims = volumeClaimTemplates.map(
      ({ metadata }) => [metadata.name, this.claim(metadata.name, podName)] as const,
    );
    const pod = new Pod(
      {
        ...facts,
        ...{
          template,
          workload,
          subdomain: serviceName,
          claims: new Map([...(before?.scratch ?? []), ...claims]),
          images: this.props.images,
        },
        network: this.podNetwork(facts.ip),
        node: this.node,
        folder: join(this.props.folder, 'pods', `${this.started}`),
        scratchFolder: join(this.volumes, 'emptyDirs', `${this.started}`),
      },
      (stopped) => this.left(stopped),
    );
    this.pods.set(podName, pod);
    try {
      await this.route();
      await pod.start(this.objects);
    } catch (error) {
      await pod.kill();
      throw error;
    }
    return pod;
  }

  /** Deletes the claims of a pod that runs no more, with what is on them. */
  deleteClaims(pod: Pod) {
    for (const folder of pod.props.claims.values()) rmSync(folder, { recursive: true });
  }

  /** Ends every pod at once, and forgets what its disk had not been given. Throws where it has no `disk`. */
  async losePower() {
    const { address, disk } = this.props;
    if (!disk) throw new Error(`The cluster at ${address} has no disk of its own.`);
    disk.cutPower();
    await this.stop();
    disk.restorePower();
  }

  /** Ends every pod at once. */
  async stop() {
    await Promise.all([...this.pods.values()].map((pod) => pod.kill()));
  }

  private workload(name: string): KubeObject {
    const workload = this.objects.find(({ kind, metadata }) =>
      kind === 'StatefulSet'
        ? metadata.name === name.replace(/-\d+$/, '')
        : kind === 'Deployment' && metadata.name === name,
    );
    if (!workload) throw new Error(`No StatefulSet or Deployment has a pod \`${name}\`.`);
    return workload;
  }

  /** The folder of all that outlives a container. */
  private get volumes(): string {
    return this.props.disk?.folder ?? join(this.props.folder, 'volumes');
  }

  private claim(template: string, pod: string): string {
    const folder = join(this.volumes, 'claims', `${template}-${pod}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  private podNetwork(ip: string): Network {
    const network = new Network(`${this.node.name}-pod-${this.started}`);
    network.plugInto(this.node, 'pods', 'eth0', `pod${this.started}`);
    network.ip(`addr add ${ip}/24 dev eth0`, `route add default via ${this.props.podNetwork}.1`);
    return network;
  }

  private async left(pod: Pod) {
    this.pods.delete(pod.name);
    await this.route();
  }

  /** Points names and open ports to the pods that run now. */
  private async route() {
    const services = this.objects.filter(({ kind }) => kind === 'Service');
    const names = services.flatMap((service) => this.namesOf(service));
    const internet = [...this.props.names].map(([name, address]) => `${address} ${name}`);
    for (const pod of this.pods.values()) {
      const short = names.filter(({ namespace }) => namespace === pod.props.namespace);
      const lines = [...internet, ...names.map(({ full }) => full), ...short.map(({ local }) => local)];
      pod.writeHosts(`${lines.join('\n')}\n`);
    }
    for (const service of services) await this.open(service);
  }

  private namesOf(service: KubeObject) {
    const { name, namespace = 'default' } = service.metadata;
    const suffixes = [namespace, `${namespace}.svc`, `${namespace}.svc.cluster.local`];
    const full = (host: string) => suffixes.map((suffix) => `${host}.${suffix}`).join(' ');
    return this.selected(service).flatMap((pod) => [
      { namespace, local: `${pod.ip} ${name}`, full: `${pod.ip} ${full(name)}` },
      ...(pod.props.subdomain === name
        ? [
            {
              namespace,
              local: `${pod.ip} ${pod.name}.${name}`,
              full: `${pod.ip} ${full(`${pod.name}.${name}`)}`,
            },
          ]
        : []),
    ]);
  }

  private selected(service: KubeObject): Pod[] {
    const { selector = {} } = service.spec as ServiceSpec;
    const wanted = Object.entries(selector);
    if (wanted.length === 0) return [];
    return [...this.pods.values()].filter(
      (pod) =>
        pod.props.namespace === (service.metadata.namespace ?? 'default') &&
        wanted.every(([label, value]) => pod.labels[label] === value),
    );
  }

  /** A load balancer answers at the addresses of the node, as ServiceLB of k3s does. */
  private async open(service: KubeObject) {
    const { type, ports = [] } = service.spec as ServiceSpec;
    for (const { port, targetPort = port, nodePort } of ports) {
      const open = type === 'LoadBalancer' ? port : nodePort;
      if (!open) continue;
      const targets = this.selected(service).map((pod) => ({
        host: pod.ip,
        port: portNumber(targetPort, pod.props.template.spec.containers),
      }));
      await this.nodePorts.target(open, targets);
    }
  }
}
