import type { Construct } from 'constructs';
import { checkAddresses, networksOf } from '../model/check-address.ts';
import { type ResolvedListener, resolveListeners } from '../model/check-listener.ts';
import { checkNetworks } from '../model/check-network.ts';
import { checkName, checkReplicas, refuse } from '../model/checks.ts';
import type { Listener, LoadBalancer } from '../model/listener.ts';
import { BROKER, DOCTOR_SUBJECTS, leafUser, mirrorName, passwordName, serviceHost } from '../model/names.ts';
import type { ExternalClient, LeafLink } from '../model/topology.ts';
import { brokerConfig, LEAVES, ROUTES } from './broker-config.ts';
import { externalServices } from './external-services.ts';
import { type LeafUse, mirroring } from './jetstream-api.ts';
import type { LeafEndpoint } from './leaf-endpoint.ts';
import { cidrs, type Party } from './mesh-listener.ts';
import type { Permissions } from './nats-accounts.ts';
import { NatsServer, type NatsServerProps } from './nats-server.ts';
import { CLIENTS, type ServerPort } from './server-ports.ts';

/** Who dials the broker when leaves come through Linkerd multicluster, and where they reach that gateway. */
const GATEWAY: Party = { serviceAccount: 'linkerd-gateway', namespace: 'linkerd-multicluster' };
const GATEWAY_PORT = 4143;

export interface NatsBrokerProps extends NatsServerProps {
  /** @default 'nats-broker' */
  readonly name?: string;
  /** IP address or DNS name at which leaves and outside clients dial the broker. */
  readonly address: string;
  /** Further ones, which leaves dial as well. @default - none */
  readonly furtherAddresses?: readonly string[];
  /** Servers that form the broker: 1, 3 or 5. @default 1 */
  readonly replicas?: number;
  /** @default - NodePort 30422 with mutual TLS */
  readonly clientListener?: Listener;
  /** @default - NodePort 30722 with mutual TLS */
  readonly leafListener?: Listener;
  /** The load balancer of the listeners that have a `loadBalancerPort`. @default - whatever the cluster gives */
  readonly loadBalancer?: LoadBalancer;
  /** Whether Linkerd multicluster may mirror the Service to other clusters. @default false */
  readonly exported?: boolean;
  /** Whether the cluster is dual-stack. @default false */
  readonly ipv6?: boolean;
}

/** A leaf cluster that a broker lets in, with the subjects that it may publish to, and subscribe to, on the broker. */
export interface AcceptedLeaf extends Permissions, LeafUse {
  /** @default { kind: 'nats-tls' } */
  readonly link?: LeafLink;
  /** Addresses that it dials from. A gateway needs none, because it dials from within the mesh. */
  readonly networks?: readonly string[] | 'anywhere';
}

/**
 * The nats-server that leaves dial. A listener that can be reached from outside the mesh asks for a client
 * certificate, which also says which NATS user its holder is.
 * @see https://docs.nats.io/running-a-nats-service/configuration/leafnodes
 */
export class NatsBroker extends NatsServer {
  /** IP addresses and DNS names at which leaves and outside clients dial the broker. */
  readonly addresses: readonly string[];
  private readonly exported: boolean;
  private readonly ipv6: boolean;
  private readonly clients: ResolvedListener;
  private readonly leaves: ResolvedListener;
  /** Networks that the load balancer passes on. */
  private readonly balanced = new Set<string>();

  /** @throws InvalidInput if a property cannot work, or opens a port without TLS and without `insecurePlaintext` */
  constructor(scope: Construct, id: string, props: NatsBrokerProps) {
    const name = props.name ?? BROKER;
    const namespace = props.namespace.name;
    const ipv6 = props.ipv6 ?? false;
    const addresses = checkAddresses(at, props.address, props.furtherAddresses, ipv6);
    const replicas = checkReplicas(at('replicas'), props.replicas ?? 1);
    const { clients, leaves } = resolveListeners(at, props);

    super(scope, id, props, {
      owner: 'NatsBroker',
      name,
      replicas,
      ports: replicas > 1 ? [LEAVES, ROUTES] : [LEAVES],
      clientTls: clients.tls,
      doctor: { publish: [DOCTOR_SUBJECTS] },
      certificate: clients.tls || leaves.tls ? 'server certificate' : undefined,
      serviceLabels: props.exported ? { 'mirror.linkerd.io/exported': 'true' } : {},
      config: brokerConfig({ ...props, name, namespace, replicas, clients, leaves }),
    });
    this.addresses = addresses;
    this.exported = props.exported ?? false;
    this.ipv6 = ipv6;
    this.clients = clients;
    this.leaves = leaves;
    if (replicas > 1) {
      this.admit(ROUTES.name, { serviceAccount: name, namespace });
      this.networkPolicy.allowFromPods(name, ROUTES.port);
      this.networkPolicy.allowToPods(name, ROUTES.port);
    }
    externalServices(this, {
      name,
      namespace,
      ipv6,
      ports: [
        { ...CLIENTS, opening: clients.opening },
        { ...LEAVES, opening: leaves.opening },
      ],
      loadBalancer: props.loadBalancer,
      sourceRanges: this.balanced,
    });
  }

  /**
   * Lets a leaf cluster connect, and says how it does so.
   * @throws InvalidInput if the leaf is known already, or its link does not fit the broker's leaf listener
   */
  acceptLeaf(leaf: AcceptedLeaf): LeafEndpoint {
    const link = leaf.link ?? { kind: 'nats-tls' };
    const tls = link.kind !== 'plaintext';
    if (tls !== this.leaves.tls) {
      const listener = this.leaves.tls ? 'asks for TLS' : 'is in plain text';
      refuse(
        at('link'),
        `"${link.kind}" of ${leaf.cluster} does not fit the leaf listener, which ${listener}; use the same for every leaf`,
      );
    }
    const user = leafUser(checkName(at('cluster'), leaf.cluster));
    const api = mirroring(this.cluster, leaf);
    this.addUser({
      name: user,
      connects: 'LEAFNODE',
      publish: leaf.publish,
      subscribe: leaf.subscribe,
      api: { ...api, subscribe: [...(api.subscribe ?? []), DOCTOR_SUBJECTS] },
    });
    const endpoint = { tls, user, password: passwordName(this.cluster, user), cluster: this.cluster };
    if (link.kind === 'linkerd-gateway') {
      if (!this.exported)
        refuse(at('exported'), `${leaf.cluster} comes through a Linkerd gateway; set \`exported: true\``);
      const linkName = checkName(at('link.linkName'), link.linkName);
      this.admit(LEAVES.name, GATEWAY, [LEAVES.port]);
      const host = serviceHost(mirrorName(this.name, linkName), this.namespace.name);
      return {
        ...endpoint,
        hosts: [host],
        port: LEAVES.port,
        meshed: true,
        egress: this.egress(GATEWAY_PORT),
      };
    }
    if (this.leaves.opening === undefined) {
      refuse(
        at('leafListener.nodePort'),
        `is closed, but ${leaf.cluster} dials it; use 30722, or link it through a gateway`,
      );
    }
    this.admitOutside(LEAVES, this.leaves, leaf.networks, leaf.cluster);
    const { port } = this.leaves.opening;
    return { ...endpoint, hosts: this.addresses, port, meshed: false, egress: this.egress(port) };
  }

  /**
   * Lets a client outside the mesh dial the client listener.
   * @throws InvalidInput if the port is closed, or a name, network or subject cannot work
   */
  allowExternal(client: ExternalClient): void {
    const name = checkName(at('externalClients.name'), client.name);
    if (this.clients.opening === undefined) {
      refuse(at('clientListener.nodePort'), `is closed, but the external client ${name} dials it; use 30422`);
    }
    this.addUser({ name, connects: 'STANDARD', publish: client.publish, subscribe: client.subscribe });
    this.admitOutside(CLIENTS, this.clients, client.networks, name);
  }

  private admitOutside(port: ServerPort, { opening }: ResolvedListener, from: Networks, who: string): void {
    const networks = checkNetworks(at('networks'), from, who, this.ipv6);
    this.admit(port.name, { networks }, [port.port]);
    if (opening?.kind === 'LoadBalancer') for (const cidr of cidrs(networks)) this.balanced.add(cidr);
  }

  private egress(port: number): LeafEndpoint['egress'] {
    return { networks: networksOf(this.addresses), port };
  }
}

type Networks = AcceptedLeaf['networks'];

const at = (property: string) => ({ owner: 'NatsBroker', property });
