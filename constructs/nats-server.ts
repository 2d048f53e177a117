import { Construct } from 'constructs';
import { checkName, checkReplicas, checkResources, checkSubjects, refuse } from '../model/checks.ts';
import { jetStreamModel, SERVER_RESOURCES } from '../model/defaults.ts';
import { type Images, type ImagesModel, imagesModel } from '../model/images.ts';
import type { JetStream, JetStreamModel } from '../model/jetstream.ts';
import type { Monitoring } from '../model/monitoring.ts';
import { DOCTOR_USER, ROUTE_USER, SYSTEM_USER, serviceHost } from '../model/names.ts';
import type { PodOptions } from '../model/pod-options.ts';
import { checkImages } from '../model/rules/check-images.ts';
import { checkJetStream } from '../model/rules/check-jetstream.ts';
import { checkPods } from '../model/rules/check-pods.ts';
import { checkServerSettings } from '../model/rules/check-server-settings.ts';
import type { ServerSettings } from '../model/server-settings.ts';
import { placementOn, type SitesModel } from '../model/sites.ts';
import type { Resources } from '../model/topology.ts';
import type { ClientWorkload } from './client-workload.ts';
import { exporter } from './kubernetes/exporter.ts';
import type * as k8s from './kubernetes/k8s.ts';
import { type ServerObjects, serverObjects } from './kubernetes/server-objects.ts';
import { type CertificateMaker, certificateIssuer, tlsFiles } from './kubernetes/tls-files.ts';
import type { LinkerdNamespace } from './linkerd-namespace.ts';
import { type MeshListener, type Principal, serverListener } from './mesh/mesh-listener.ts';
import { WorkloadNetworkPolicy } from './mesh/network-policy.ts';
import { accountsFile, type NatsUser, type Permissions } from './nats/accounts.ts';
import { ROUTES } from './nats/routes.ts';
import { serverConfig } from './nats/server-config.ts';
import { CLIENTS, MONITOR } from './nats/server-ports.ts';
import type { ServerRole } from './nats/server-role.ts';
import type { NatsClient } from './nats-client.ts';
import { RequiredSecret } from './required-secret.ts';

/** What a broker and a leaf have in common. */
export interface NatsServerProps {
  readonly namespace: LinkerdNamespace;
  /** Name of the Kubernetes cluster. It must be unique in the topology, because server names begin with it. */
  readonly cluster: string;
  /** Name of the StatefulSet, its `app` label, its Service and its service account. */
  readonly name?: string;
  /** Number of servers: 1, 3 or 5. @default 1 */
  readonly replicas?: number;
  /** Which images its pods and those of its clients run, and where they come from. @default - pinned, public ones */
  readonly images?: Images;
  /** Resources of the NATS container. @default - 100m / 128Mi requested, 500m / 512Mi at most */
  readonly resources?: Resources;
  /** What it takes and logs. @default - nats-server's own defaults */
  readonly settings?: ServerSettings;
  /** Where its pods run, their labels, and the resources of what runs beside it. @default - any node */
  readonly pods?: PodOptions;
  /** Turns on JetStream, in a domain with the cluster's name. @default - no JetStream: it stores nothing */
  readonly jetStream?: JetStream;
  /**
   * How Prometheus finds its metrics. An exporter next to it serves them to the namespace's `scraper` on port 7777.
   * @default - no exporter
   */
  readonly monitoring?: Monitoring['kind'];
  /** What makes its NATS certificate, and those of the clients beside it. @default - they are in required Secrets */
  readonly certificates?: CertificateMaker | undefined;
}

/** A nats-server in a meshed namespace: its StatefulSet, Services, configuration, users and policies. */
export abstract class NatsServer extends Construct implements ServerObjects {
  readonly namespace: LinkerdNamespace;
  readonly cluster: string;
  /** Name of the StatefulSet, its `app` label, its Service and its service account. */
  readonly name: string;
  /** URL for clients in the same cluster. */
  readonly clientUrl: string;
  /** Whether the client listener asks for a client certificate. */
  readonly clientTls: boolean;
  /** Servers that share the work in this cluster. */
  readonly replicas: number;
  /** Name of the NATS cluster and of the JetStream domain: the cluster's, or what the sites of a broker have in common. */
  readonly natsCluster: string;
  /** The broker's servers in this Kubernetes cluster and others; undefined where all are here. */
  readonly sites: SitesModel | undefined;
  readonly jetStream: JetStreamModel | undefined;
  /** Images of its pods and of its clients'. */
  readonly images: ImagesModel;
  /** How Prometheus gets to its metrics. */
  readonly monitoring: Monitoring['kind'] | undefined;
  /** What makes its NATS certificate, and those of its clients; undefined where they are in required Secrets. */
  readonly certificates: CertificateMaker | undefined;
  /** The text of `nats.conf`. */
  readonly config: string;
  readonly statefulSet: k8s.KubeStatefulSet;
  readonly service: k8s.KubeService;
  readonly headlessService: k8s.KubeService;
  readonly configMap: k8s.KubeConfigMap;
  readonly serviceAccount: k8s.KubeServiceAccount;
  protected readonly networkPolicy: WorkloadNetworkPolicy;
  protected readonly owner: ServerRole['owner'];
  private readonly users: NatsUser[];
  private readonly listeners: ReadonlyMap<string, MeshListener>;

  protected constructor(scope: Construct, id: string, props: NatsServerProps, role: ServerRole) {
    super(scope, id);
    const at = (property: string) => ({ owner: role.owner, property });
    this.owner = role.owner;
    this.namespace = props.namespace;
    this.cluster = checkName(at('cluster'), props.cluster);
    this.name = checkName(at('name'), role.name);
    this.images = imagesModel(checkImages((property) => at(`images.${property}`), props.images));
    this.clientUrl = `nats://${serviceHost(this.name, this.namespace.name)}:${CLIENTS.port}`;
    this.clientTls = role.clientTls;
    this.replicas = checkReplicas(at('replicas'), props.replicas ?? 1);
    const jetStream = checkJetStream(at('jetStream'), props.jetStream);
    this.jetStream = jetStream && jetStreamModel(jetStream);
    this.monitoring = props.monitoring;
    if (this.monitoring && !this.namespace.scraper) {
      refuse(at('monitoring'), 'nobody may read the metrics; name the `scraper` of the LinkerdNamespace');
    }
    const pods = checkPods((property) => at(`pods.${property}`), props.pods);
    const namespace = this.namespace.name;
    const { sites } = role;
    this.sites = sites;
    this.natsCluster = sites?.natsCluster ?? this.cluster;
    const servers = { name: this.name, namespace, cluster: this.cluster, replicas: this.replicas };
    const ports = [CLIENTS, ...role.ports, ...(this.servers > 1 ? [ROUTES] : []), MONITOR];
    this.users = [{ name: DOCTOR_USER, connects: 'STANDARD', api: role.doctor }];
    const metrics = exporter(this.monitoring, this.images, pods, this.jetStream !== undefined);

    const settings = checkServerSettings((property) => at(`settings.${property}`), props.settings);
    this.config = serverConfig({ ...servers, sites, jetStream: this.jetStream, settings, role: role.config });
    const authSecret = `${this.name}-accounts`;
    new RequiredSecret(this, 'accounts-secret', {
      ...{ name: authSecret, namespace },
      purpose: `accounts and users of ${this.name}`,
      keys: {
        'accounts.conf': (credentials) => accountsFile(this, this.users, credentials),
        ...role.secretKeys,
      },
    });
    this.certificates = props.certificates;
    if (this.certificates) certificateIssuer(this, namespace, this.certificates);
    const tls = role.certificates.map(({ volume, folder, name: certificate, purpose }) => ({
      folder,
      volume: tlsFiles(this, {
        ...{ id: `${volume}-secret`, namespace, volume, secret: `${this.name}-${volume}`, certificate },
        ...{ purpose: `${purpose} of ${this.name}`, maker: this.certificates },
      }),
    }));
    const resources = checkResources(at('resources'), props.resources ?? SERVER_RESOURCES);
    const objects = serverObjects(this, {
      ...servers,
      hasSites: sites !== undefined,
      images: this.images,
      resources,
      owner: role.owner,
      pods,
      accessPolicy: this.namespace.accessPolicy,
      ports,
      config: this.config,
      authSecret,
      tls,
      storage: this.jetStream?.storage,
      exporter: metrics,
    });
    this.statefulSet = objects.statefulSet;
    this.service = objects.service;
    this.headlessService = objects.headlessService;
    this.configMap = objects.configMap;
    this.serviceAccount = objects.serviceAccount;

    this.networkPolicy = new WorkloadNetworkPolicy(this, this.name, this.namespace);
    this.listeners = new Map(
      [...ports, ...metrics.ports].map((port) => [port.name, serverListener(this, port)]),
    );
    const { scraper } = this.namespace;
    if (scraper) for (const { name, port } of [MONITOR, ...metrics.ports]) this.admit(name, scraper, [port]);
    if (this.replicas > 1) {
      this.admit(ROUTES.name, { serviceAccount: this.name, namespace });
      this.networkPolicy.allowFromPods(this.name);
      this.networkPolicy.allowToPods(this.name);
    }
    this.node.addDependency(this.namespace);
  }

  /** Servers that keep streams together, those of other sites among them. */
  get servers(): number {
    return this.sites ? placementOn(this.sites.servers).keep.length : this.replicas;
  }

  /**
   * Lets a client connect and use the given subjects: adds a NATS user, and admits its service account in the mesh. `api`
   * holds subjects of the JetStream API.
   * @throws InvalidInput if it runs elsewhere, or its user name or service account is another client's
   */
  allow(client: ClientWorkload | NatsClient, permissions: Permissions, api?: Permissions): void {
    const at = { owner: this.owner, property: 'allow' };
    const principal = 'principal' in client ? client.principal : undefined;
    if (client.node.root !== this.node.root || (!principal && client.namespace !== this.namespace))
      refuse(
        at,
        `${client.name} runs in another cluster or namespace than ${this.name} of ${this.cluster}; give it the server of its own`,
      );
    if (principal && this.listeners.get(CLIENTS.name)?.admits(principal))
      refuse(at, `${client.name} has the service account of another client; give each client its own`);
    this.addUser({ ...permissions, name: client.user, connects: 'STANDARD', api });
    const own = { serviceAccount: client.name, namespace: this.namespace.name };
    this.admit(CLIENTS.name, principal ?? own, principal && [CLIENTS.port]);
    if (!principal) this.networkPolicy.allowFromPods(client.name);
  }

  /** Adds a NATS user to the application account. */
  protected addUser(user: NatsUser): void {
    if (user.name === SYSTEM_USER || this.users.some(({ name }) => name === user.name)) {
      const problem = `${this.name} already has a NATS user "${user.name}"; give each client a name of its own`;
      refuse({ owner: this.owner, property: 'user' }, problem);
    }
    if (user.name === ROUTE_USER) {
      const problem = `"${ROUTE_USER}" is whom the servers of a broker know each other by; give the client another name`;
      refuse({ owner: this.owner, property: 'user' }, problem);
    }
    for (const kind of ['publish', 'subscribe'] as const) {
      checkSubjects({ owner: this.owner, property: `${kind} of ${user.name}` }, user[kind]);
    }
    this.users.push(user);
  }

  /** Lets a principal connect to one of the server's ports in the mesh, and where `ports` are given through the packet filter. */
  protected admit(listener: string, principal: Principal, ports?: number[]): void {
    this.listeners.get(listener)?.admit(principal);
    if (ports) this.networkPolicy.allowFrom(principal, ports);
  }
}
