/** The broker's clusters of a topology that has been checked, with every choice made. */
import { brokerAddresses, leafLink, routeNetworks, type SiteCluster, siteClusters } from './implied.ts';
import type { BrokerModel, ExternalClientModel } from './model.ts';
import { BROKER, certificateName, podNames, serverName } from './names.ts';
import { leafUserModel, resolveCommon, userModel } from './resolve-cluster.ts';
import { at } from './rules/check-cluster.ts';
import { checkListeners } from './rules/check-dialled.ts';
import { resolveRoutes } from './rules/check-listener.ts';
import type { SiteServer, SitesModel } from './sites.ts';
import type { ExternalClient, LeafCluster, Topology } from './topology.ts';

/** The cluster that the broker is known by, and its further sites, whose streams are that one's. */
export function resolveSites({ brokerCluster, leafClusters }: Topology): BrokerModel[] {
  const all = siteClusters(brokerCluster);
  return all.map((site, i) => {
    const model = resolveBroker(site, all, leafClusters);
    if (i === 0) return model;
    return { ...model, consumers: [], users: model.users.filter(({ kind }) => kind !== 'streams') };
  });
}

const sitesModel = (all: readonly SiteCluster[], self: SiteCluster): SitesModel => ({
  natsCluster: all[0]!.name,
  exposure: resolveRoutes((property) => at(`brokerCluster.${property}`), self),
  retiring: self.retiring ?? false,
  others: all
    .filter((site) => site !== self)
    .map((site) => ({
      name: site.name,
      addresses: brokerAddresses(site),
      networks: routeNetworks(site) ?? [],
      replicas: site.replicas ?? 1,
    })),
  servers: all.flatMap(siteServers),
});

const siteServers = ({ name, replicas = 1, retiring = false }: SiteCluster): SiteServer[] =>
  podNames(BROKER, replicas).map((pod, i) => ({
    name: serverName(name, pod),
    keepsStreams: i === 0 && !retiring,
  }));

/** @param all - clusters with a server of the broker, first the one that it is known by */
function resolveBroker(
  brokerCluster: SiteCluster,
  all: readonly SiteCluster[],
  leafClusters: readonly LeafCluster[],
): BrokerModel {
  const { name } = brokerCluster;
  const { clients, leaves, loadBalancer } = checkListeners(brokerCluster, leafClusters, all.length > 1);
  const common = resolveCommon(brokerCluster, BROKER);
  const externalClients = (brokerCluster.externalClients ?? []).map(externalClientModel);
  return {
    ...common,
    sites: all.length > 1 ? sitesModel(all, brokerCluster) : undefined,
    role: 'broker',
    mirrors: [],
    addresses: brokerAddresses(brokerCluster),
    clientListener: clients,
    leafListener: leaves,
    loadBalancer,
    externalClients,
    certificate: certificateName(name, BROKER),
    exported: leafClusters.some((leaf) => leafLink(leaf).kind === 'linkerd-gateway'),
    users: [
      ...common.users,
      ...externalClients.map((client) =>
        userModel(name, 'external', client.name, certificateName(name, client.name)),
      ),
      ...leafClusters.map((leaf) => leafUserModel(all[0]!.name, leaf)),
    ],
  };
}

const externalClientModel = (client: ExternalClient): ExternalClientModel => ({
  name: client.name,
  networks: client.networks,
  publish: client.publish ?? [],
  subscribe: client.subscribe ?? [],
});
