import { podHosts, ROUTE_USER } from '../../model/names.ts';
import { ROUTE_CONNECTIONS, routePorts, type SitesModel } from '../../model/sites.ts';
import { ROUTE_TLS } from '../kubernetes/workload.ts';
import type { ServerPort } from './server-ports.ts';
import { mutualTls, urlHost } from './tls-config.ts';
import type { ConfBlock } from './write-conf.ts';

/** Where the servers of one cluster meet. */
export const ROUTES: ServerPort = { name: 'cluster', port: 6222, protocol: 'opaque' };

export interface RoutesProps {
  readonly name: string;
  readonly namespace: string;
  /** Name of the Kubernetes cluster. A leaf and its broker may not have one name, so it is no constant. */
  readonly cluster: string;
  readonly replicas: number;
  /** The broker's servers in other Kubernetes clusters. @default - there are none */
  readonly sites?: SiteRoutes | undefined;
}

/** The other sites of a broker, and the address of this one. */
export interface SiteRoutes extends SitesModel {
  readonly address: string;
}

/**
 * How several servers of one broker or leaf find each other. Who may join is the mesh's business, and between sites that of
 * NATS. Clients are told of no pod address. A server that is alone has none: as a cluster of one it would wait for others
 * without end.
 * @see https://docs.nats.io/running-a-nats-service/configuration/clustering
 */
export function routes(props: RoutesProps): ConfBlock | undefined {
  const { cluster, replicas, sites } = props;
  if (sites) return routesOfSites(props, sites);
  return replicas > 1 ? { ...common(cluster), routes: ownRoutes(props, 'nats') } : undefined;
}

const common = (name: string) => ({ name, port: ROUTES.port, no_advertise: true });

const ownRoutes = ({ name, namespace, replicas }: RoutesProps, scheme: 'nats' | 'tls') =>
  podHosts(name, namespace, replicas).map((host) => `${scheme}://${host}:${ROUTES.port}`);

/**
 * With `verify` alone, whoever has any certificate of the NATS CA joins and reads everything; mapped to a user, only the
 * routes' own certificate does. A server that is told no address to advertise has the others dial that of its node; a second
 * one here advertises the first, whom all know already, because it cannot be told which it is.
 */
const routesOfSites = (
  props: RoutesProps,
  { natsCluster, address, exposure, others }: SiteRoutes,
): ConfBlock => ({
  ...common(natsCluster),
  pool_size: ROUTE_CONNECTIONS - 1,
  advertise: `${urlHost(address)}:${exposure.port}`,
  authorization: { user: ROUTE_USER },
  tls: mutualTls(ROUTE_TLS),
  // The whole list on every server, because at the first start it is what a majority is counted by.
  routes: [
    ...ownRoutes(props, 'tls'),
    ...others.flatMap(({ addresses: [host], replicas }) =>
      routePorts(exposure, replicas).map((port) => `tls://${urlHost(host)}:${port}`),
    ),
  ],
});

/** What keeps two copies of a stream from one site: the servers of each have a tag of their own. */
export const SITE_TAG = 'site:';

/** Keeps every stream that is yet to be placed from a server. */
const NO_STREAMS = '!jetstream';

/** The tags of a site's servers. */
export const serverTags = (cluster: string, { retiring }: SiteRoutes) => [
  `${SITE_TAG}${cluster}`,
  ...(retiring ? [NO_STREAMS] : []),
];
