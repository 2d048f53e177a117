/**
 * The vocabulary of `topology.ts`: what a user says about the clusters. Types only; the rules are in
 * `check-topology.ts`.
 */
import type { Consumer, Duration, JetStream, Stream } from './jetstream.ts';
import type { Listener, LoadBalancer } from './listener.ts';
import type { Monitoring } from './monitoring.ts';

/** CPU and memory as Kubernetes quantities, for example `100m` and `128Mi`. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/**
 * A workload that publishes or subscribes: the seed's demonstration by default, or an application of the user's
 * own when `image` is given.
 */
export interface Workload {
  /** Name of the Deployment, its `app` label and its service account; a DNS label. */
  readonly name: string;
  /** NATS subject; a subscriber may use the wildcards `*` and `>`. */
  readonly subject: string;
  /**
   * NATS user name, unique in its cluster. Its Secret is `nats-auth`, or `nats-auth-<user>` for any other name.
   * @default 'natsuser'
   */
  readonly user?: string;
  /** Further subjects that it may publish to. @default - none */
  readonly publish?: readonly string[];
  /** Further subjects that it may subscribe to. @default - none */
  readonly subscribe?: readonly string[];
  /** Container image of an application, pinned to a version or digest. @default - nats-box with a demonstration */
  readonly image?: string;
  /** Command of that image. @default - the image's own entry point */
  readonly command?: readonly string[];
  /** Whether user and password are in its environment too, where they do not follow a rotation. @default false */
  readonly passwordInEnvironment?: boolean;
  /**
   * A stream that its messages are kept in. A publisher then sends each message until the stream acknowledges it; a
   * subscriber then reads its cluster's own copy of the stream, from a durable consumer.
   * @default - messages are gone for whoever is not listening
   */
  readonly stream?: string;
  /**
   * Of a subscriber with a `stream`: one of the cluster's `consumers`.
   * @default - a consumer of its own, of the workload's name
   */
  readonly consumer?: string;
  /** @default - 50m / 64Mi requested, 200m / 256Mi at most */
  readonly resources?: Resources;
}

/** A NATS client that runs outside the mesh and dials the broker's client port from there. */
export interface ExternalClient {
  /** Its NATS user name and the name of its certificate; a DNS label. */
  readonly name: string;
  /** CIDRs that it dials from, or `'anywhere'`, written out because it opens the port to every address. */
  readonly networks: readonly string[] | 'anywhere';
  /** Subjects that it may publish to. @default - none */
  readonly publish?: readonly string[];
  /** Subjects that it may subscribe to. @default - none */
  readonly subscribe?: readonly string[];
}

/** Who may read metrics: a meshed service account, or addresses outside the mesh. */
export type Scraper =
  | { readonly serviceAccount: string; readonly namespace: string }
  | { readonly networks: readonly string[] | 'anywhere' };

/** What every cluster has. */
export interface Cluster {
  /** Name of the cluster and of its folder in `dist/`; a DNS label. */
  readonly name: string;
  /** IP address or DNS name by which the other clusters know this one. */
  readonly address: string;
  /** File name, without ending, of the cluster's Linkerd identity issuer in `certs/issued/`. */
  readonly issuer: string;
  /** @default - none */
  readonly publishers?: readonly Workload[];
  /** @default - none */
  readonly subscribers?: readonly Workload[];
  /** Resources of the NATS server. @default - 100m / 128Mi requested, 500m / 512Mi at most */
  readonly resources?: Resources;
  /** Who may read the metrics of the servers and of the proxies. @default - nobody */
  readonly scraper?: Scraper;
  /** How Prometheus gets to the metrics of the servers. It needs a `scraper`. @default - nothing exports them */
  readonly monitoring?: Monitoring;
  /**
   * Whether the Linkerd CNI plugin is installed, so that no init container needs network capabilities and the
   * namespace can enforce the `restricted` Pod Security level.
   * @default false
   */
  readonly linkerdCni?: boolean;
  /** Whether the NATS servers keep streams. The JetStream domain is the cluster's name. @default - they keep nothing */
  readonly jetStream?: JetStream;
  /** Streams that are kept here. @default - none */
  readonly streams?: readonly Stream[];
  /** Durable consumers beside those of the subscribers. @default - none */
  readonly consumers?: readonly Consumer[];
  /**
   * Streams (`OLD`) and consumers (`EVENTS.audit`) that are no longer here and that may be deleted by hand from the
   * servers; the log of `nats-streams` says with which command.
   * @default - nobody may delete any
   */
  readonly deletable?: readonly string[];
}

/** The cluster that runs the broker, which the leaves dial. */
export interface BrokerCluster extends Cluster {
  /**
   * IP addresses and DNS names beside `address` at which the broker is reached: other nodes, a second uplink. A leaf
   * dials them all in turn until one answers, and the broker's certificate covers each. At most 15.
   * @default - none
   */
  readonly furtherAddresses?: readonly string[];
  /** Broker servers: 1, 3 or 5. @default 1 */
  readonly replicas?: number;
  /** How clients outside the mesh reach the broker. @default - NodePort 30422 with mutual TLS */
  readonly clientListener?: Listener;
  /** How leaves reach the broker. @default - NodePort 30722 with mutual TLS; closed if every leaf uses a gateway */
  readonly leafListener?: Listener;
  /** The load balancer of the listeners that have a `loadBalancerPort`. @default - whatever the cluster gives */
  readonly loadBalancer?: LoadBalancer;
  /** Clients outside the mesh that may dial the client listener. @default - none */
  readonly externalClients?: readonly ExternalClient[];
}

/**
 * How a leaf and the broker meet.
 * - `nats-tls`: the leaf dials the broker's addresses with mutual TLS from NATS itself.
 * - `linkerd-gateway`: through Linkerd multicluster; `linkName` is the name of the Link on the leaf's cluster.
 * - `plaintext`: the same in clear, which has to be written out.
 */
export type LeafLink =
  | { readonly kind: 'nats-tls' }
  | { readonly kind: 'linkerd-gateway'; readonly linkName: string }
  | { readonly kind: 'plaintext'; readonly insecurePlaintext: true };

/** A cluster that runs a leaf. */
export interface LeafCluster extends Cluster {
  /** @default { kind: 'nats-tls' } */
  readonly link?: LeafLink;
  /**
   * CIDRs that the leaf's connections come from, or `'anywhere'`.
   * @default - the cluster's address, which then has to be an IP address
   */
  readonly networks?: readonly string[] | 'anywhere';
  /** Names of the broker cluster's streams that this cluster keeps a copy of. @default - none */
  readonly mirrors?: readonly string[];
}

/** All clusters, and what holds for every one of them. */
export interface Topology {
  readonly brokerCluster: BrokerCluster;
  readonly leafClusters: readonly LeafCluster[];
  /** Namespace of every NATS workload, in every cluster. @default 'nats-system' */
  readonly namespace?: string;
  /**
   * `file`: synth writes the Secrets beside the manifests, to a file that git ignores. `external`: synth writes
   * none and lists what a secret manager must provide.
   * @default 'file'
   */
  readonly secrets?: 'file' | 'external';
  /**
   * What the Linkerd policies do with a connection that nothing allows: `deny` it, or `audit`: let it pass and
   * log it, for a first rollout.
   * @default 'deny'
   */
  readonly accessPolicy?: 'deny' | 'audit';
  /** Whether clusters and Linkerd run dual-stack, so that IPv6 addresses can be used. @default false */
  readonly ipv6?: boolean;
  /**
   * The longest time that a cluster may be cut off without losing a message. The broker cluster's streams are
   * checked against it.
   * @default - not checked
   */
  readonly longestPartition?: Duration;
}
