/**
 * What everybody outside `model/` reads of a topology: every rule checked, every default taken, and no property that
 * may be left out. `resolve` makes it. Types only.
 */
import type { CertificatesModel } from './certificates.ts';
import type { Chosen } from './chosen.ts';
import type { ClientModel } from './client.ts';
import type { Customize } from './customize.ts';
import type { ImagesModel } from './images.ts';
import type { ConsumerModel, JetStreamModel, StreamModel } from './jetstream.ts';
import type { LeafLink } from './leaf-link.ts';
import type { ListenerModel, LoadBalancerModel } from './listener.ts';
import type { MonitoringModel } from './monitoring.ts';
import type { MqttModel } from './mqtt.ts';
import type { PodsModel } from './pod-options.ts';
import type { Scraper } from './scraper.ts';
import type { SecretsModel } from './secrets.ts';
import type { ServerSettingsModel } from './server-settings.ts';
import type { SitesModel } from './sites.ts';
import type { ExternalClient, Resources } from './topology.ts';

/** All clusters, and what holds for every one of them. */
export interface Model {
  /** Every cluster, the broker's first. */
  readonly clusters: readonly ClusterModel[];
  /** The cluster that the broker is known by. The broker's streams are described here. */
  readonly broker: BrokerModel;
  /** Every cluster with a server of the broker, that one first. */
  readonly sites: readonly BrokerModel[];
  readonly leaves: readonly LeafModel[];
  /** Namespace of every NATS workload, in every cluster. */
  readonly namespace: string;
  readonly secrets: SecretsModel;
  readonly accessPolicy: 'deny' | 'audit';
  /** Whether clusters and Linkerd run dual-stack. */
  readonly ipv6: boolean;
  readonly images: ImagesModel;
  /** Changes the objects of a cluster; `customizedApps` calls it. */
  readonly customize: Customize | undefined;
}

export type ClusterModel = BrokerModel | LeafModel;

/** What every cluster has. */
export interface CommonModel {
  readonly name: string;
  /** IP address or DNS name by which the other clusters know this one. */
  readonly address: string;
  /** Name of the certificate that is its Linkerd identity issuer. */
  readonly issuer: string;
  /** Name of the Linkerd trust anchor that signs that, which other clusters may share. */
  readonly anchor: string;
  /** Name of the servers' StatefulSet, Service and service account. */
  readonly server: string;
  /** How many servers there are. */
  readonly replicas: number;
  /** Of each server. */
  readonly resources: Resources;
  readonly serverSettings: ServerSettingsModel;
  /** Of the controller of the streams. */
  readonly controllerResources: Resources;
  /** Of every pod that has none of its own. */
  readonly pods: PodsModel;
  readonly serverPods: PodsModel;
  readonly linkerdCni: boolean;
  readonly publishers: readonly WorkloadModel[];
  readonly subscribers: readonly WorkloadModel[];
  readonly clients: readonly ClientModel[];
  /** Every NATS user whom the servers know. */
  readonly users: readonly UserModel[];
  readonly scraper: Scraper | undefined;
  readonly monitoring: MonitoringModel | undefined;
  readonly jetStream: JetStreamModel | undefined;
  readonly streams: readonly StreamModel[];
  /** Streams of the broker cluster that this one keeps a copy of. */
  readonly mirrors: readonly StreamModel[];
  /** Durable consumers, those of the subscribers among them. */
  readonly consumers: readonly ConsumerModel[];
  readonly deletable: readonly string[];
  /** Who decrypts this cluster's Secrets, beside those who decrypt every cluster's. */
  readonly secretRecipients: readonly string[];
  /** Who makes the NATS certificates of what runs in it. */
  readonly certificates: CertificatesModel;
}

/** The cluster that runs the broker. */
export interface BrokerModel extends CommonModel {
  readonly role: 'broker';
  /** Every address at which the broker is reached; the first is the one that it is known by. */
  readonly addresses: readonly string[];
  readonly clientListener: ListenerModel;
  /** Closed where every leaf comes through a gateway and nothing else is asked for. */
  readonly leafListener: ListenerModel;
  readonly loadBalancer: LoadBalancerModel | undefined;
  readonly externalClients: readonly ExternalClientModel[];
  /** Name of the servers' certificate. */
  readonly certificate: string;
  /** Whether Linkerd mirrors the broker's Service to other clusters. */
  readonly exported: boolean;
  /** The other sites; `undefined` where all servers are in this cluster. */
  readonly sites: SitesModel | undefined;
}

/** A cluster that runs a leaf. */
export interface LeafModel extends CommonModel {
  readonly role: 'leaf';
  readonly link: LeafLink;
  /** Where its connections come from; none where a gateway takes them. */
  readonly networks: readonly string[] | 'anywhere';
  /** Name of the leaf's certificate; `undefined` where the link is in plain text. */
  readonly certificate: string | undefined;
  /** The NATS user that the leaf signs in to the broker as. */
  readonly user: UserModel;
  /** What crosses the link towards the broker: what the leaf's own clients publish, and nothing else. */
  readonly publish: readonly string[];
  /** What crosses it towards the leaf: what its own clients subscribe to, and do not read from a stream of their own. */
  readonly subscribe: readonly string[];
  /** Users whose messages streams of the broker cluster acknowledge. */
  readonly acknowledged: readonly string[];
  readonly mqtt: MqttModel | undefined;
}

/** A publisher or subscriber. */
export interface WorkloadModel {
  readonly name: string;
  readonly subject: string;
  readonly user: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** `undefined` for the demonstration. */
  readonly image: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly passwordInEnvironment: boolean;
  readonly stream: string | undefined;
  readonly consumer: string | undefined;
  readonly resources: Resources;
  readonly pods: PodsModel;
}

/** A NATS client outside the mesh. */
export type ExternalClientModel = Chosen<ExternalClient>;

/** Somebody who signs in to a server. */
export interface UserModel {
  /** NATS user name. */
  readonly name: string;
  readonly kind: 'workload' | 'client' | 'streams' | 'external' | 'device' | 'leaf' | 'system' | 'doctor';
  /** Key of the password in `passwords.json`. */
  readonly password: string;
  /** Name of the certificate that goes with it; `undefined` where none is asked for. */
  readonly certificate: string | undefined;
}
