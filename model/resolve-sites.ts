/** The broker's clusters of a topology that has been checked, with every choice made. */
import { brokerAddresses, leafLink, routeNetworks, siteClusters } from './implied.ts';
import type { BrokerModel, ExternalClientModel } from './model.ts';
import { BROKER, certificateName } from './names.ts';
import { leafUserModel, resolveCommon, userModel } from './resolve-cluster.ts';
import { checkListeners } from './rules/check-dialled.ts';
import { ROUTE_NODE_PORT, type SitesModel } from './sites.ts';
import type { BrokerCluster, ExternalClient, LeafCluster, Topology } from './topology.ts';

/** The cluster that the broker is known by, and its further sites, whose streams are that one's. */
export function resolveSites({ brokerCluster, leafClusters }: Topology): BrokerModel[] {
  const all = siteClusters(brokerCluster);
  return all.map((site, i) => {
    const model = resolveBroker(site, all, leafClusters);
    if (i === 0) return model;
    return { ...model, consumers: [], users: model.users.filter(({ kind }) => kind !== 'streams') };
  });
}

const sitesModel = (all: readonly BrokerCluster[], self: BrokerCluster): SitesModel => ({
  natsCluster: all[0]!.name,
  nodePort: self.routeNodePort ?? ROUTE_NODE_PORT,
  others: all
    .filter((site) => site !== self)
    .map((site) => ({
      name: site.name,
      addresses: brokerAddresses(site),
      networks: routeNetworks(site) ?? [],
    })),
});

/** @param all - clusters with a server of the broker, first the one that it is known by */
function resolveBroker(
  brokerCluster: BrokerCluster,
  all: readonly BrokerCluster[],
  leafClusters: readonly LeafCluster[],
): BrokerModel {
  const { name } = brokerCluster;
  const { clients, leaves, loadBalancer } = checkListeners(brokerCluster, leafClusters);
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
