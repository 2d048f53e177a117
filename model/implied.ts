/** What a topology says between its lines, as the rules and `resolve` read it. */
import { isIP } from 'node:net';
import type { Client } from './client.ts';
import { LINK, MQTT_STORAGE } from './defaults.ts';
import type { Consumer } from './jetstream.ts';
import type { LeafLink } from './leaf-link.ts';
import type { Listener } from './listener.ts';
import { DEFAULT_USER } from './names.ts';
import { hostCidr } from './rules/check-address.ts';
import type { Site } from './sites.ts';
import type { BrokerCluster, Cluster, LeafCluster, Workload } from './topology.ts';

export const leafLink = (leaf: LeafCluster): LeafLink => leaf.link ?? LINK;

/** Where a leaf dials from; `undefined` if nothing says so. */
export function leafNetworks(leaf: LeafCluster): readonly string[] | 'anywhere' | undefined {
  return leaf.networks ?? ownNetwork(leaf.address);
}

/** Where a site's server dials the others from; `undefined` if nothing says so. */
export const routeNetworks = ({ routeNetworks: given, address }: BrokerCluster) =>
  given ?? ownNetwork(address);

/** What an address says by itself of where its connections come from; a DNS name says nothing. */
const ownNetwork = (address: string) => (isIP(address) ? [hostCidr(address)] : undefined);

/** A cluster with servers of the broker. */
export type SiteCluster = BrokerCluster & Pick<Site, 'retiring'>;

/**
 * The clusters with a server of the broker, its own first. What a further site does not say is as there, but for what is
 * of one cluster.
 */
export function siteClusters(broker: BrokerCluster): readonly SiteCluster[] {
  const { furtherSites = [], ...first } = broker;
  const ofOneCluster = {
    ...{ streams: undefined, consumers: undefined, deletable: undefined, secretRecipients: undefined },
    ...{ publishers: undefined, subscribers: undefined, clients: undefined, externalClients: undefined },
    ...{ furtherAddresses: undefined, routeNetworks: undefined, replicas: undefined },
  };
  return [broker, ...furtherSites.map((site): SiteCluster => ({ ...first, ...ofOneCluster, ...site }))];
}

/** Sites that are to keep streams. */
export const stayingSites = (broker: BrokerCluster) =>
  siteClusters(broker).filter(({ retiring }) => !retiring);

/** How many servers keep a cluster's streams together: of sites, one of each that stays. */
export const serverCount = (cluster: Cluster | BrokerCluster): number =>
  'furtherSites' in cluster && cluster.furtherSites
    ? stayingSites(cluster as BrokerCluster).length
    : (cluster.replicas ?? 1);

/** Every address at which the broker is reached; the first is the one that it is known by. */
export const brokerAddresses = ({
  address,
  furtherAddresses = [],
}: BrokerCluster): readonly [string, ...string[]] => [address, ...furtherAddresses];

/** How leaves reach the broker, where their links say more than the listener does. */
export function leafListener(
  { leafListener: given }: BrokerCluster,
  leaves: readonly LeafCluster[],
): Listener | undefined {
  const every = (kind: string) => leaves.length > 0 && leaves.every((leaf) => leafLink(leaf).kind === kind);
  if (every('linkerd-gateway') && given?.nodePort === undefined && given?.loadBalancerPort === undefined)
    return { ...given, nodePort: 'closed' };
  if (every('plaintext') && given === undefined) return { tls: false, insecurePlaintext: true };
  return given;
}

/** What is left of a volume for what the server keeps for MQTT devices; `undefined` without them. */
export const mqttStorage = (cluster: Cluster | LeafCluster) =>
  'mqtt' in cluster && cluster.mqtt ? (cluster.mqtt.storage ?? MQTT_STORAGE) : undefined;

/** NATS user of a publisher or subscriber. */
export const workloadUser = (workload: Workload) => workload.user ?? DEFAULT_USER;

/** Whether a client reads the stream that it names. */
export const readsStream = ({ stream, consumer, publish = [] }: Client) =>
  stream !== undefined && (consumer !== undefined || publish.length === 0);

/** Who may read streams, and the consumers for that. */
interface Readers extends Pick<Cluster, 'consumers' | 'subscribers' | 'clients'> {
  readonly furtherSites?: readonly Readers[];
}

/** Durable consumers of a cluster: those that the topology lists, and those of its subscribers and clients, on every site. */
export const consumers = (cluster: Readers): readonly Consumer[] => [
  ...(cluster.consumers ?? []),
  ...(cluster.subscribers ?? []).flatMap(({ name, stream, consumer, subject }) =>
    stream !== undefined && consumer === undefined ? [{ name, stream, subject }] : [],
  ),
  ...(cluster.clients ?? []).flatMap((client) =>
    readsStream(client) && client.consumer === undefined
      ? [{ name: client.name, stream: client.stream as string }]
      : [],
  ),
  ...(cluster.furtherSites ?? []).flatMap(consumers),
];
