/**
 * What a user says about the clusters in `topology.ts`. Types only; `schema/` has the same properties for the check at run
 * time, and `rules/` says what they may hold. `npm run docs` makes docs/topology.md of the comments.
 */
import type { CertManager } from './certificates.ts';
import type { Client } from './client.ts';
import type { Customize } from './customize.ts';
import type { Images } from './images.ts';
import type { Consumer, Duration, JetStream, Stream } from './jetstream.ts';
import type { LeafLink } from './leaf-link.ts';
import type { Listener, LoadBalancer } from './listener.ts';
import type { Monitoring } from './monitoring.ts';
import type { Mqtt } from './mqtt.ts';
import type { PodOptions } from './pod-options.ts';
import type { Resources } from './resources.ts';
import type { Scraper } from './scraper.ts';
import type { SopsSecrets, StoreSecrets } from './secrets.ts';
import type { ServerSettings } from './server-settings.ts';
import type { Site } from './sites.ts';

export type { Amounts, Resources } from './resources.ts';

/**
 * A workload that publishes or subscribes: a demonstration by default, or your own application when `image` is given.
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
  /** More subjects that it may publish to. @default - none */
  readonly publish?: readonly string[];
  /** More subjects that it may subscribe to. @default - none */
  readonly subscribe?: readonly string[];
  /** Container image of an application, pinned to a version or digest. @default - nats-box with a demonstration */
  readonly image?: string;
  /** Command of that image. @default - the image's own entry point */
  readonly command?: readonly string[];
  /**
   * Whether its environment holds the user name and the password too. Values there do not change when a password rotates.
   * @default false
   */
  readonly passwordInEnvironment?: boolean;
  /**
   * A stream that stores its messages. A publisher sends each message again until the stream acknowledges it. A
   * subscriber reads the stream or mirror of its own cluster, from a durable consumer.
   * @default - core NATS: only clients that are connected receive a message
   */
  readonly stream?: string;
  /**
   * For a subscriber with a `stream`: the name of one of the cluster's `consumers`.
   * @default - a consumer of its own, with the workload's name
   */
  readonly consumer?: string;
  /** Resources of its container. @default - 50m / 64Mi requested, 200m / 256Mi at most */
  readonly resources?: Resources;
  /** Its pods; each property takes the place of the cluster's `pods`. @default - the cluster's `pods` */
  readonly pods?: PodOptions;
}

/** A NATS client outside the mesh that connects to the broker's client port. */
export interface ExternalClient {
  /** Its NATS user name and the name of its certificate; a DNS label. */
  readonly name: string;
  /** CIDRs that it connects from, or `'anywhere'`, which opens the port to every address. */
  readonly networks: readonly string[] | 'anywhere';
  /** Subjects that it may publish to. @default - none */
  readonly publish?: readonly string[];
  /** Subjects that it may subscribe to. @default - none */
  readonly subscribe?: readonly string[];
}

/** What a broker cluster and a leaf cluster have in common. */
export interface Cluster {
  /** Name of the cluster and of its folder in `dist/`; a DNS label. */
  readonly name: string;
  /** IP address or DNS name at which the other clusters reach this one. */
  readonly address: string;
  /** File name, without extension, of the cluster's Linkerd identity issuer in `certs/issued/`. */
  readonly issuer: string;
  /**
   * The Linkerd trust anchor that signs the issuer. `'shared'`: `ca`, the same for all clusters that say so, so that whoever
   * steals the issuer of one can pose as any workload of the others. `'own'`: `<name>-ca`, for this cluster alone, which
   * rules out a link of kind `linkerd-gateway`.
   * @default 'shared'
   */
  readonly trustAnchor?: 'shared' | 'own';
  /** Workloads that publish. @default - none */
  readonly publishers?: readonly Workload[];
  /** Workloads that subscribe. @default - none */
  readonly subscribers?: readonly Workload[];
  /** Applications that somebody else deploys, in namespaces of their own. @default - none */
  readonly clients?: readonly Client[];
  /** Number of NATS servers: 1, 3 or 5. The servers of a leaf cluster each have a link to the broker. @default 1 */
  readonly replicas?: number;
  /** Resources of the NATS server. @default - 100m / 128Mi requested, 500m / 512Mi at most */
  readonly resources?: Resources;
  /** What nats-server takes and logs. @default - nats-server's own defaults */
  readonly serverSettings?: ServerSettings;
  /** Resources of the controller of the streams. @default - 50m / 64Mi requested, 200m / 256Mi at most */
  readonly controllerResources?: Resources;
  /** Every pod of the cluster: where it runs, its labels, and more. @default - any node */
  readonly pods?: PodOptions;
  /** Pods of the servers; each property takes the place of that of `pods`. @default - the same as `pods` */
  readonly serverPods?: PodOptions;
  /** Who may read the metrics of the servers and of the proxies. @default - nobody */
  readonly scraper?: Scraper;
  /** How Prometheus finds the metrics of the servers. It needs a `scraper`. @default - no exporter */
  readonly monitoring?: Monitoring;
  /**
   * Whether the Linkerd CNI plugin is installed, so that no init container needs network capabilities and the
   * namespace can enforce the `restricted` Pod Security level.
   * @default false
   */
  readonly linkerdCni?: boolean;
  /** Turns on JetStream. The JetStream domain is the cluster's name. @default - no JetStream: servers store nothing */
  readonly jetStream?: JetStream;
  /** Streams that the servers of this cluster store. @default - none */
  readonly streams?: readonly Stream[];
  /** Durable consumers in addition to those of the subscribers. @default - none */
  readonly consumers?: readonly Consumer[];
  /**
   * Streams (`OLD`) and consumers (`EVENTS.audit`) that left the topology and that a person may delete from the servers.
   * The log of `nats-streams` prints the command.
   * @default - nothing may be deleted
   */
  readonly deletable?: readonly string[];
  /**
   * With `secrets` of kind `sops`: more public keys that this cluster's Secrets are encrypted for, and no other's, such as
   * that of its own Flux.
   * @default - those of `secrets` alone
   */
  readonly secretRecipients?: readonly string[];
  /** Who makes the NATS certificates of what runs in the cluster. @default - `certs` mints them */
  readonly certificates?: CertManager;
}

/** The cluster that runs the broker. Leaves connect to it. */
export interface BrokerCluster extends Cluster {
  /**
   * More IP addresses and DNS names of the broker: other nodes, a second uplink. A leaf tries all of them until one
   * answers. The broker's certificate covers each of them. At most 15.
   * @default - none
   */
  readonly furtherAddresses?: readonly string[];
  /** How clients outside the mesh reach the broker. @default - NodePort 30422 with mutual TLS */
  readonly clientListener?: Listener;
  /** How leaves reach the broker. @default - NodePort 30722 with mutual TLS; closed if every leaf uses a gateway */
  readonly leafListener?: Listener;
  /** The load balancer of the listeners that have a `loadBalancerPort`. @default - the cluster's default */
  readonly loadBalancer?: LoadBalancer;
  /** Clients outside the mesh that may connect to the client listener. @default - none */
  readonly externalClients?: readonly ExternalClient[];
  /**
   * More Kubernetes clusters with a server of the broker each, two or four, so that the broker outlives any one of them.
   * `replicas` is 1 then, but for the time in which a broker of several servers in this cluster becomes one of sites.
   * @default - none: every server runs in this cluster
   */
  readonly furtherSites?: readonly Site[];
  /**
   * With `furtherSites`: NodePort, 30000-32767, at which each site lets in the servers of the others. A second and third
   * server of this cluster have the next ones.
   * @default 30622
   */
  readonly routeNodePort?: number;
  /**
   * With `furtherSites`: port of each site's load balancer that replaces the NodePort of the routes, 1-65535. Usual is 6222.
   * @default - no load balancer
   */
  readonly routeLoadBalancerPort?: number;
  /**
   * With `furtherSites`: CIDRs that this cluster's server dials the others from, as they see them.
   * @default - the cluster's `address`, which must then be an IP address
   */
  readonly routeNetworks?: readonly string[];
}

/** A cluster that runs a leaf. */
export interface LeafCluster extends Cluster {
  /** How the leaf connects to the broker. @default { kind: 'nats-tls' } */
  readonly link?: LeafLink;
  /**
   * CIDRs that the leaf's connections come from, as the broker's cluster sees them, or `'anywhere'`. An address means a
   * whole machine or NAT: every pod behind it can open a TCP connection to the leaf port.
   * @default - the cluster's `address`, which must then be an IP address
   */
  readonly networks?: readonly string[] | 'anywhere';
  /** Names of the broker cluster's streams that this cluster mirrors. @default - none */
  readonly mirrors?: readonly string[];
  /** Devices that speak MQTT to this leaf. It needs `jetStream`. @default - no MQTT */
  readonly mqtt?: Mqtt;
}

/** All clusters, and the settings that apply to every one of them. */
export interface Topology {
  /** The cluster with the broker. */
  readonly brokerCluster: BrokerCluster;
  /** The clusters with a leaf; `[]` for a broker without leaves. */
  readonly leafClusters: readonly LeafCluster[];
  /** Namespace of every NATS workload, in every cluster. @default 'nats-system' */
  readonly namespace?: string;
  /**
   * How Secrets get to the clusters. `file`: synth writes them next to the manifests, to a file that git ignores.
   * `external`: synth writes no Secret and lists what your secret manager must provide. `{ kind: 'sops', … }`: synth writes
   * them encrypted, for Git. `{ kind: 'external-secrets', … }`: the External Secrets Operator brings them from a store.
   * @default 'file'
   */
  readonly secrets?: 'file' | 'external' | SopsSecrets | StoreSecrets;
  /**
   * What Linkerd does with a connection that no policy allows: `deny` refuses it; `audit` allows and logs it, for a
   * first rollout.
   * @default 'deny'
   */
  readonly accessPolicy?: 'deny' | 'audit';
  /** Whether the clusters and Linkerd run dual-stack. IPv6 addresses need it. @default false */
  readonly ipv6?: boolean;
  /** Which images the pods run and where they come from. @default - pinned versions from the public registry */
  readonly images?: Images;
  /**
   * The longest time that a cluster may be cut off without losing a message. Synth checks that the broker cluster's
   * streams hold that long.
   * @default - not checked
   */
  readonly longestPartition?: Duration;
  /**
   * Is given the objects of each cluster, as cdk8s has them, before they are written. Patch what no other property says; what
   * it may not change, docs/customize.md lists.
   * @default - the objects stay as they are made
   */
  readonly customize?: Customize;
}
