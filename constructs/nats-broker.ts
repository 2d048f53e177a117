import type { Construct } from 'constructs';
import { checkName, refuse } from '../model/checks.ts';
import type { LeafLink } from '../model/leaf-link.ts';
import type { Exposure, Listener, ListenerModel, LoadBalancer } from '../model/listener.ts';
import {
  BROKER,
  DOCTOR_SUBJECTS,
  exportedName,
  leafUser,
  mirrorName,
  passwordName,
  podName,
  routeService,
  serviceHost,
} from '../model/names.ts';
import { checkAddresses, networksOf } from '../model/rules/check-address.ts';
import {
  CLIENT_PORTS,
  checkDialled,
  checkLeafDialled,
  resolveListeners,
} from '../model/rules/check-listener.ts';
import { type OtherSite, routePorts, type SitesModel } from '../model/sites.ts';
import type { ExternalClient } from '../model/topology.ts';
import { ExposedServer, type ExposedServerProps, outside } from './exposed-server.ts';
import { externalService } from './kubernetes/external-services.ts';
import { service } from './kubernetes/service.ts';
import { labels } from './kubernetes/workload.ts';
import type { LeafEndpoint } from './leaf-endpoint.ts';
import { EXPORTED, GATEWAY, GATEWAY_PORT } from './mesh/linkerd.ts';
import { declareWayOut } from './mesh/way-out.ts';
import type { Permissions } from './nats/accounts.ts';
import { brokerConfig, LEAVES } from './nats/broker-config.ts';
import { type LeafUse, mirroring } from './nats/jetstream-api.ts';
import { ROUTES } from './nats/routes.ts';
import { CLIENTS } from './nats/server-ports.ts';
import { ownCertificate, siteCertificate } from './nats/server-role.ts';

export interface NatsBrokerProps extends ExposedServerProps {
  /** Name of the StatefulSet, its `app` label, its Service and its service account. @default 'nats-broker' */
  readonly name?: string;
  /** IP address or DNS name at which leaves and external clients reach the broker. */
  readonly address: string;
  /** More addresses of the broker. A leaf tries all of them. At most 15. @default - none */
  readonly furtherAddresses?: readonly string[];
  /** How external clients reach the broker. @default - NodePort 30422 with mutual TLS */
  readonly clientListener?: Listener;
  /** How leaves reach the broker. @default - NodePort 30722 with mutual TLS */
  readonly leafListener?: Listener;
  /** The load balancer of the listeners that have a `loadBalancerPort`. @default - the cluster's default */
  readonly loadBalancer?: LoadBalancer;
  /** Whether Linkerd multicluster may mirror a Service with the leaf port to other clusters. @default false */
  readonly exported?: boolean;
  /** Servers of the same broker in other Kubernetes clusters. @default - there are none */
  readonly sites?: SitesModel | undefined;
}

/** A leaf cluster that the broker accepts, and the subjects that it may publish and subscribe to on the broker. */
export interface AcceptedLeaf extends Permissions, LeafUse {
  /** How the leaf connects. @default { kind: 'nats-tls' } */
  readonly link?: LeafLink;
  /** CIDRs that it connects from. A leaf behind a gateway needs none, because the gateway is in the mesh. */
  readonly networks?: readonly string[] | 'anywhere';
}

/**
 * The NATS servers that leaves connect to. A listener that is reachable from outside the mesh requires a client
 * certificate. The certificate also decides the NATS user of the connection.
 * @see https://docs.nats.io/running-a-nats-service/configuration/leafnodes
 */
export class NatsBroker extends ExposedServer {
  /** IP addresses and DNS names at which leaves and external clients reach the broker. */
  readonly addresses: readonly string[];
  private readonly exported: boolean;
  private readonly clients: ListenerModel;
  private readonly leaves: ListenerModel;
  private readonly others: SitesModel['others'];

  /** @throws InvalidInput if a property is invalid, or opens a port without TLS and without `insecurePlaintext` */
  constructor(scope: Construct, id: string, props: NatsBrokerProps) {
    const name = props.name ?? BROKER;
    const namespace = props.namespace.name;
    const addresses = checkAddresses(at, props.address, props.furtherAddresses, props.ipv6 ?? false);
    const { clients, leaves, loadBalancer } = resolveListeners(at, {
      ...props,
      routes: props.sites?.exposure,
    });
    const sites = props.sites && { ...props.sites, address: props.address };

    super(scope, id, props, {
      owner: 'NatsBroker',
      name,
      ports: [LEAVES],
      clientTls: clients.tls,
      doctor: { publish: [DOCTOR_SUBJECTS] },
      sites,
      certificates: [
        ...(clients.tls || leaves.tls ? [ownCertificate(props.cluster, name, 'server certificate')] : []),
        ...(sites ? [siteCertificate(props.cluster)] : []),
      ],
      config: brokerConfig({ ...props, name, namespace, clients, leaves }),
    });
    this.addresses = addresses;
    this.exported = props.exported ?? false;
    this.clients = clients;
    this.leaves = leaves;
    if (this.exported) {
      service(this, 'exported', {
        ...{ name: exportedName(name), app: name, namespace, ports: [LEAVES], spec: {} },
        labels: { ...labels(name, 'NatsBroker'), [EXPORTED]: 'true' },
      });
    }
    const balanced = sites?.exposure.kind === 'LoadBalancer' ? [outside(ROUTES, sites)] : [];
    this.expose([outside(CLIENTS, clients), outside(LEAVES, leaves), ...balanced], loadBalancer);
    this.others = sites?.others ?? [];
    if (sites?.exposure.kind === 'NodePort') this.openRoutes(sites.exposure);
    for (const site of this.others) this.meet(site, sites!.exposure);
  }

  /** A NodePort for each server, because a route leads to one and no other. */
  private openRoutes(first: Exposure): void {
    const { name, namespace, ipv6, owner } = this;
    for (const [i, nodePort] of routePorts(first, this.replicas).entries())
      externalService(
        this,
        { name, owner, namespace: namespace.name, ipv6 },
        {
          ...{ id: `route-${i}`, name: routeService(name, i), pod: podName(name, i) },
          ports: [{ ...ROUTES, nodePort }],
          spec: { type: 'NodePort' },
        },
      );
  }

  /** Lets the servers of another site in, and those of this one dial them. */
  private meet({ name, addresses: [host], networks, replicas }: OtherSite, exposure: Exposure): void {
    this.admitOutside(outside(ROUTES, { exposure }), networks, name);
    const ports = routePorts(exposure, replicas);
    this.networkPolicy.allowToNetworks(networksOf([host]), ...ports);
    declareWayOut(this, { name, namespace: this.namespace.name, hosts: [host], ports });
  }

  /**
   * Accepts a leaf cluster. The result tells its `NatsLeaf` how to connect.
   * @throws InvalidInput if the leaf was accepted before, or its link does not fit the broker's leaf listener
   */
  acceptLeaf(leaf: AcceptedLeaf): LeafEndpoint {
    const link = leaf.link ?? { kind: 'nats-tls' };
    const tls = link.kind !== 'plaintext';
    const remedy = () => 'use the same for every leaf';
    checkLeafDialled(at, this.leaves, link, leaf.cluster, { link: at('link'), remedy });
    const user = leafUser(checkName(at('cluster'), leaf.cluster));
    const api = mirroring(this.natsCluster, leaf);
    const password = passwordName(this.natsCluster, user);
    this.addUser({
      name: user,
      password,
      connects: 'LEAFNODE',
      publish: leaf.publish,
      subscribe: leaf.subscribe,
      api: { ...api, subscribe: [...(api.subscribe ?? []), DOCTOR_SUBJECTS] },
    });
    const endpoint = { tls, user, password, cluster: this.natsCluster };
    if (link.kind === 'linkerd-gateway') {
      if (!this.exported)
        refuse(at('exported'), `${leaf.cluster} comes through a Linkerd gateway; set \`exported: true\``);
      const linkName = checkName(at('link.linkName'), link.linkName);
      this.admit(LEAVES.name, GATEWAY, [LEAVES.port]);
      const mirror = mirrorName(this.name, linkName);
      if (mirror.length > 63)
        refuse(
          at('link.linkName'),
          `"${linkName}" makes the mirrored Service ${mirror}, whose name is too long; use at most ${63 - mirrorName(this.name, '').length} characters`,
        );
      const host = serviceHost(mirror, this.namespace.name);
      return {
        ...endpoint,
        hosts: [host],
        port: LEAVES.port,
        meshed: true,
        egress: { networks: networksOf(this.addresses), port: GATEWAY_PORT },
      };
    }
    this.admitOutside(outside(LEAVES, this.leaves), leaf.networks, leaf.cluster);
    const { port } = this.leaves.exposure as Exposure;
    const hosts = [...this.addresses, ...this.others.flatMap(({ addresses }) => addresses)];
    const egress = { networks: networksOf(hosts), port };
    return { ...endpoint, hosts, port, meshed: false, egress };
  }

  /**
   * Lets a client outside the mesh connect to the client listener.
   * @throws InvalidInput if the port is closed, or a name, network or subject is invalid
   */
  allowExternal(client: ExternalClient): void {
    const name = checkName(at('externalClients.name'), client.name);
    checkDialled(at, 'clientListener', this.clients, `external client ${name}`, CLIENT_PORTS);
    this.addUser({ name, connects: 'STANDARD', publish: client.publish, subscribe: client.subscribe });
    this.admitOutside(outside(CLIENTS, this.clients), client.networks, name);
  }
}

const at = (property: string) => ({ owner: 'NatsBroker', property });
