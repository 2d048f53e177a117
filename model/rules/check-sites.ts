import { checkNodePort, refuse, shown } from '../checks.ts';
import {
  brokerAddresses,
  leafLink,
  routeNetworks,
  siteClusters,
  stayingSites,
  workloadUser,
} from '../implied.ts';
import { routePorts } from '../sites.ts';
import type { BrokerCluster, LeafCluster } from '../topology.ts';
import { sameAddress } from './check-address.ts';
import { at, checkUnique } from './check-cluster.ts';
import { checkListeners } from './check-dialled.ts';
import { checkJetStream, checkRoom } from './check-jetstream.ts';
import { ROUTE_PORTS, resolveRoutes } from './check-listener.ts';
import { checkCidr } from './check-network.ts';

/** Path of a site in the topology, by its number among all of them. */
export const sitePath = (i: number) => (i === 0 ? 'brokerCluster' : `brokerCluster.furtherSites[${i - 1}]`);

/**
 * The sites of a broker, as far as they differ from any cluster.
 * @see https://docs.nats.io/running-a-nats-service/configuration/clustering/jetstream_clustering
 */
export function checkSites(broker: BrokerCluster, leaves: readonly LeafCluster[], ipv6: boolean): void {
  const sites = siteClusters(broker);
  if (sites.length === 1) {
    for (const property of ['routeNodePort', 'routeLoadBalancerPort', 'routeNetworks'] as const)
      if (broker[property] !== undefined)
        refuse(at(`brokerCluster.${property}`), 'is for a broker with `furtherSites`; leave it out');
    return;
  }
  checkCount(sites.length, stayingSites(broker).length);
  checkRoutePort(broker, leaves);
  for (const [i, site] of sites.entries()) {
    const networks = routeNetworks(site);
    const place = at(`${sitePath(i)}.routeNetworks`);
    if (networks === undefined || networks.length === 0)
      refuse(
        place,
        `nothing says where the server of ${site.name} dials the other sites from; list its CIDRs`,
      );
    for (const cidr of networks) {
      // A certificate of a route is worth more than any other, so nobody is let near it without need.
      if (cidr.endsWith('/0'))
        refuse(place, `${shown(cidr)} is every address; list those that ${site.name} dials from`);
      checkCidr(place, cidr, ipv6);
    }
    const other = sites.slice(0, i).find((earlier) => shareAddress(earlier, site));
    if (other)
      refuse(
        at(`${sitePath(i)}.address`),
        `${shown(site.address)} is that of ${other.name} too, and two sites of one machine are lost together; give each a machine of its own`,
      );
  }
  checkUnique(
    sites.flatMap((site, i) => usersOf(site).map((user): [string, string] => [sitePath(i), user])),
    'the sites are one NATS cluster, so give each client of theirs a `user` of its own',
  );
  const through = leaves.findIndex((leaf) => leafLink(leaf).kind === 'linkerd-gateway');
  if (through >= 0)
    refuse(
      at(`leafClusters[${through}].link`),
      'leads through a gateway to one site, and ends with it; use nats-tls, with which a leaf dials every site',
    );
  checkStores(broker);
}

const usersOf = ({
  publishers = [],
  subscribers = [],
  clients = [],
  externalClients = [],
}: BrokerCluster): string[] => [
  ...[...publishers, ...subscribers].map(workloadUser),
  ...clients.map(({ name, user = name }) => user),
  ...externalClients.map(({ name }) => name),
];

const shareAddress = (a: BrokerCluster, b: BrokerCluster) =>
  brokerAddresses(a).some((one) => brokerAddresses(b).some((other) => sameAddress(one, other)));

function checkCount(count: number, staying: number): void {
  if (count !== 3 && count !== 5)
    refuse(
      at('brokerCluster.furtherSites'),
      `makes ${count} sites, and ${count % 2 === 0 ? 'of an even number the loss of half stops the rest' : 'there may be five at most'}; list two, or four`,
    );
  if (staying !== 3 && staying !== 5)
    refuse(
      at('brokerCluster.furtherSites'),
      `${count - staying} of ${count} sites retire, and ${staying} are left; have two of five retire, or none`,
    );
}

function checkRoutePort(broker: BrokerCluster, leafClusters: readonly LeafCluster[]): void {
  const property = (name: string) => at(`brokerCluster.${name}`);
  const routes = resolveRoutes(property, broker);
  const place = property(routes.kind === 'NodePort' ? 'routeNodePort' : 'routeLoadBalancerPort');
  const { replicas = 1 } = broker;
  const ports = routePorts(routes, replicas);
  if (routes.kind === 'NodePort') for (const each of ports) checkNodePort(place, each, ROUTE_PORTS.nodePort);
  else if (replicas > 1)
    refuse(
      place,
      `${routes.port} leads to any of ${replicas} servers, and a route has to lead to one; use \`routeNodePort\` until one is left here`,
    );
  const { clients, leaves } = checkListeners(broker, leafClusters, true);
  for (const [who, { exposure }] of Object.entries({ client: clients, leaf: leaves }))
    if (exposure?.kind === routes.kind && ports.includes(exposure.port))
      refuse(place, `${exposure.port} is taken by the ${who} listener; use another`);
}

/** Each site keeps a copy of a stream, or may have to. */
function checkStores({ jetStream, streams = [], furtherSites = [] }: BrokerCluster): void {
  for (const [i, site] of furtherSites.entries()) {
    if (site.jetStream === undefined) continue;
    const place = at(`${sitePath(i + 1)}.jetStream`);
    if (jetStream === undefined)
      refuse(place, 'is for streams that the broker cluster keeps none of; give it `jetStream` too');
    checkJetStream(place, site.jetStream);
    checkRoom(place, streams, site.jetStream, undefined);
  }
}
