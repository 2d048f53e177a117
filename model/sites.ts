/** The broker's servers in several Kubernetes clusters: what a user says of each, and what comes of it. */
import type { Client } from './client.ts';
import type { JetStream } from './jetstream.ts';
import type { Exposure } from './listener.ts';
import type { BrokerModel } from './model.ts';
import { routeCertificate } from './names.ts';
import type { PodOptions } from './pod-options.ts';
import type { Scraper } from './scraper.ts';
import type { ExternalClient, Workload } from './topology.ts';

/**
 * Another Kubernetes cluster with a server of the broker. What is not said here is as the broker cluster has it. The
 * broker's streams, their consumers and the leaves are those of all sites.
 */
export interface Site {
  /** Name of the cluster and of its folder in `dist/`; a DNS label. */
  readonly name: string;
  /** IP address or DNS name at which leaves, external clients and the other sites reach this one. */
  readonly address: string;
  /** File name, without extension, of the cluster's Linkerd identity issuer in `certs/issued/`. */
  readonly issuer: string;
  /** The Linkerd trust anchor that signs the issuer. @default - as in the broker cluster */
  readonly trustAnchor?: 'shared' | 'own';
  /** More IP addresses and DNS names, for leaves and external clients. @default - none */
  readonly furtherAddresses?: readonly string[];
  /**
   * CIDRs that its server's connections come from, as the other sites see them.
   * @default - its `address`, which must then be an IP address
   */
  readonly routeNetworks?: readonly string[];
  /** Workloads that publish. @default - none */
  readonly publishers?: readonly Workload[];
  /** Workloads that subscribe. @default - none */
  readonly subscribers?: readonly Workload[];
  /** Applications that somebody else deploys, in namespaces of their own. @default - none */
  readonly clients?: readonly Client[];
  /** Clients outside the mesh that may connect to the client listener of this site. @default - none */
  readonly externalClients?: readonly ExternalClient[];
  /** Every pod of the cluster. @default - the broker cluster's */
  readonly pods?: PodOptions;
  /** Pods of its server; each property takes the place of that of `pods`. @default - the broker cluster's */
  readonly serverPods?: PodOptions;
  /** Who may read the metrics of the server and of the proxies. @default - the broker cluster's */
  readonly scraper?: Scraper;
  /** Volume of its server, which has to hold every stream. @default - the broker cluster's */
  readonly jetStream?: JetStream;
  /** Whether the Linkerd CNI plugin is installed. @default - as in the broker cluster */
  readonly linkerdCni?: boolean;
  /** With `secrets` of kind `sops`: more public keys that this cluster's Secrets are encrypted for. @default - none */
  readonly secretRecipients?: readonly string[];
  /**
   * Whether it is about to leave: it gets no stream any more, and the copies that it has move to sites that stay.
   * @default false
   */
  readonly retiring?: boolean;
}

/** How the server of one site and those of the others meet. */
export interface SitesModel {
  /** Name of the NATS cluster that all of them form, and of its JetStream domain. */
  readonly natsCluster: string;
  /** Where each site lets in the routes of the others. */
  readonly exposure: Exposure;
  /** Whether the servers here are to get no stream. */
  readonly retiring: boolean;
  readonly others: readonly OtherSite[];
  /** Every server of the broker, on this site and the others. */
  readonly servers: readonly SiteServer[];
}

/** A server of a broker that has several sites. */
export interface SiteServer {
  /** What it calls itself. */
  readonly name: string;
  /** Whether streams may be on it. Of each site that stays one server keeps them, and a second has them to move. */
  readonly keepsStreams: boolean;
}

/** The servers that are to keep streams, and those that the streams have to leave. */
export interface Placement {
  readonly keep: readonly string[];
  readonly leave: readonly string[];
}

/** Which server is which, by what it calls itself. */
export const placementOn = (servers: readonly SiteServer[]): Placement => {
  const named = (keeps: boolean) =>
    servers.flatMap(({ name, keepsStreams }) => (keepsStreams === keeps ? [name] : []));
  return { keep: named(true), leave: named(false) };
};

/** Names of the certificates that a server of the broker shows: to clients and leaves, and to the other sites. */
export const serverCertificates = (broker: Pick<BrokerModel, 'name' | 'certificate' | 'sites'>): string[] =>
  broker.sites ? [broker.certificate, routeCertificate(broker.name)] : [broker.certificate];

/** A site as the others know it. */
export interface OtherSite {
  readonly name: string;
  /** The first is the one that routes are dialled at. */
  readonly addresses: readonly [string, ...string[]];
  /** Where its routes come from. */
  readonly networks: readonly string[];
  /** How many servers it has. */
  readonly replicas: number;
}

/** Connections between the servers of two sites: a pool, and one of the system account. */
export const ROUTE_CONNECTIONS = 4;

/** Ports of a site that lead to the routes of its servers. Behind one port for all, which answers would be luck. */
export const routePorts = ({ port: first }: Exposure, replicas: number) =>
  Array.from({ length: replicas }, (_, i) => first + i);
