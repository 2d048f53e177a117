import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import { checkJetStream } from '../model/check-jetstream.ts';
import { checkImage, checkName, checkResources, checkSubjects, refuse } from '../model/checks.ts';
import type { JetStream } from '../model/jetstream.ts';
import type { Monitoring } from '../model/monitoring.ts';
import { certificateName, DOCTOR_USER, SYSTEM_USER, serviceHost } from '../model/names.ts';
import type { Resources } from '../model/topology.ts';
import type { ClientWorkload } from './client-workload.ts';
import { exporter } from './exporter.ts';
import type { LinkerdNamespace } from './linkerd-namespace.ts';
import { MeshListener, type Party } from './mesh-listener.ts';
import { accountsFile, type NatsUser, type Permissions } from './nats-accounts.ts';
import type { ConfBlock } from './nats-config.ts';
import { serverConfig } from './nats-server-config.ts';
import { serverObjects } from './nats-server-objects.ts';
import { WorkloadNetworkPolicy } from './network-policy.ts';
import { RequiredSecret, tlsSecret } from './required-secret.ts';
import { CLIENTS, MONITOR, type ServerPort } from './server-ports.ts';

/** The same version as the tests run. */
export const NATS_IMAGE = 'nats:2.14.5-alpine';

const RESOURCES: Resources = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { cpu: '500m', memory: '512Mi' },
};

/** What a broker and a leaf say alike. */
export interface NatsServerProps {
  readonly namespace: LinkerdNamespace;
  /** Name of the Kubernetes cluster, unique among all that are joined: it makes the servers' names unique. */
  readonly cluster: string;
  /** Name of the StatefulSet, its `app` label, its Service and its service account. */
  readonly name?: string;
  /** Image of nats-server, at least 2.14, on Alpine, because the reloader needs a shell. @default 'nats:2.14.5-alpine' */
  readonly image?: string;
  /** @default - 100m / 128Mi requested, 500m / 512Mi at most */
  readonly resources?: Resources;
  /** Whether it keeps streams, in a domain of the cluster's name. @default - it keeps nothing */
  readonly jetStream?: JetStream;
  /**
   * How Prometheus gets to its metrics, which an exporter beside it then shows to the namespace's `scraper` at port 7777.
   * @default - nothing exports them
   */
  readonly monitoring?: Monitoring['kind'];
}

/** What makes a server a broker or a leaf. */
export interface ServerRole {
  readonly owner: 'NatsBroker' | 'NatsLeaf';
  readonly name: string;
  readonly replicas: number;
  /** Ports beside the client and monitoring ports. */
  readonly ports: readonly ServerPort[];
  /** What `nats.conf` holds beside what every server has. */
  readonly config: ConfBlock;
  /** What its NATS certificate is for, which the Secret `<name>-tls` brings. @default - it has none */
  readonly certificate?: string | undefined;
  /** Whether the client listener asks for a client certificate. */
  readonly clientTls: boolean;
  /** What the user of `npm run doctor` may do here. */
  readonly doctor: Permissions;
  /** Labels of the Service. */
  readonly serviceLabels?: Readonly<Record<string, string>>;
  /** Further keys of the mounted Secret that holds the accounts. */
  readonly secretKeys?: RequiredSecret['keys'];
}

/** A nats-server in a meshed namespace: its StatefulSet, Services, configuration, users and policies. */
export abstract class NatsServer extends Construct {
  readonly namespace: LinkerdNamespace;
  readonly cluster: string;
  /** Name of the StatefulSet, its `app` label, its Service and its service account. */
  readonly name: string;
  /** URL for clients in the same cluster. */
  readonly clientUrl: string;
  /** Whether the client listener asks for a client certificate. */
  readonly clientTls: boolean;
  /** Servers that share the work. */
  readonly replicas: number;
  readonly jetStream: JetStream | undefined;
  /** How Prometheus gets to its metrics. */
  readonly monitoring: Monitoring['kind'] | undefined;
  /** The text of `nats.conf`. */
  readonly config: string;
  protected readonly networkPolicy: WorkloadNetworkPolicy;
  private readonly owner: string;
  private readonly users: NatsUser[];
  private readonly listeners: ReadonlyMap<string, MeshListener>;

  protected constructor(scope: Construct, id: string, props: NatsServerProps, role: ServerRole) {
    super(scope, id);
    const at = (property: string) => ({ owner: role.owner, property });
    this.owner = role.owner;
    this.namespace = props.namespace;
    this.cluster = checkName(at('cluster'), props.cluster);
    this.name = checkName(at('name'), role.name);
    const image = checkImage(at('image'), props.image ?? NATS_IMAGE);
    this.clientUrl = `nats://${serviceHost(this.name, this.namespace.name)}:${CLIENTS.port}`;
    this.clientTls = role.clientTls;
    this.replicas = role.replicas;
    this.jetStream = checkJetStream(at('jetStream'), props.jetStream);
    this.monitoring = props.monitoring;
    if (this.monitoring && !this.namespace.scraper) {
      refuse(at('monitoring'), 'nobody may read the metrics; name the `scraper` of the LinkerdNamespace');
    }
    const ports = [CLIENTS, ...role.ports, MONITOR];
    this.users = [{ name: DOCTOR_USER, connects: 'STANDARD', api: role.doctor }];
    const metrics = exporter(this.monitoring, this.jetStream !== undefined);

    this.config = serverConfig({ cluster: this.cluster, jetStream: this.jetStream, role: role.config });
    const authSecret = `${this.name}-accounts`;
    new RequiredSecret(this, 'accounts-secret', {
      name: authSecret,
      namespace: this.namespace.name,
      purpose: `accounts and users of ${this.name}`,
      keys: {
        'accounts.conf': (credentials) => accountsFile(this, this.users, credentials),
        ...role.secretKeys,
      },
    });
    const tls = role.certificate && `${this.name}-tls`;
    if (tls) {
      tlsSecret(this, {
        name: tls,
        namespace: this.namespace.name,
        certificate: certificateName(this.cluster, this.name),
        purpose: `${role.certificate} of ${this.name}`,
      });
    }
    serverObjects(this, {
      name: this.name,
      namespace: this.namespace.name,
      cluster: this.cluster,
      image,
      replicas: role.replicas,
      resources: checkResources(at('resources'), props.resources ?? RESOURCES),
      ports,
      config: this.config,
      configChecksum: createHash('sha256').update(this.config).digest('hex'),
      authSecret,
      tlsSecret: tls,
      serviceLabels: role.serviceLabels ?? {},
      storage: this.jetStream?.storage,
      exporter: metrics,
    });

    this.networkPolicy = new WorkloadNetworkPolicy(this, this.name, this.namespace);
    this.listeners = new Map([...ports, ...metrics.ports].map((port) => [port.name, this.listener(port)]));
    if (this.namespace.scraper) {
      for (const { name, port } of [MONITOR, ...metrics.ports])
        this.admit(name, this.namespace.scraper, [port]);
    }
    this.node.addDependency(this.namespace);
  }

  /**
   * Lets a client of the same namespace connect and use the given subjects, in the mesh and as a NATS user; `api`
   * has subjects of JetStream.
   * @throws InvalidInput if the client runs in another cluster or namespace, or its user name is taken
   */
  allow(client: ClientWorkload, permissions: Permissions, api?: Permissions): void {
    if (client.node.root !== this.node.root || client.namespace !== this.namespace) {
      const problem = `${client.name} runs in another cluster or namespace than ${this.name} of ${this.cluster}; give it the server of its own`;
      refuse({ owner: this.owner, property: 'allow' }, problem);
    }
    this.addUser({ ...permissions, name: client.user, connects: 'STANDARD', api });
    this.admit(CLIENTS.name, { serviceAccount: client.name, namespace: this.namespace.name });
    this.networkPolicy.allowFromPods(client.name, CLIENTS.port);
  }

  /** Adds a NATS user to the application account. */
  protected addUser(user: NatsUser): void {
    if (user.name === SYSTEM_USER || this.users.some(({ name }) => name === user.name)) {
      const problem = `${this.name} already has a NATS user "${user.name}"; give each client a name of its own`;
      refuse({ owner: this.owner, property: 'user' }, problem);
    }
    for (const kind of ['publish', 'subscribe'] as const) {
      checkSubjects({ owner: this.owner, property: `${kind} of ${user.name}` }, user[kind]);
    }
    this.users.push(user);
  }

  /** Lets a party connect to one of the server's ports in the mesh, and where `ports` are given through the packet filter. */
  protected admit(listener: string, party: Party, ports?: number[]): void {
    this.listeners.get(listener)?.admit(party);
    if (ports) this.networkPolicy.allowFrom(party, ports);
  }

  private listener(port: ServerPort): MeshListener {
    return new MeshListener(this, `listener-${port.name}`, {
      namespace: this.namespace,
      name: `${this.name}-${port.name}`,
      app: this.name,
      port: port.port,
      protocol: port.protocol,
    });
  }
}
