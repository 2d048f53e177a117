import { checkAddresses, sameAddress } from './check-address.ts';
import {
  at,
  checkChoice,
  checkCluster,
  checkKeys,
  checkPermissions,
  checkUnique,
  KEYS,
} from './check-cluster.ts';
import { resolveListeners } from './check-listener.ts';
import { checkMonitoring } from './check-monitoring.ts';
import { checkNetworks } from './check-network.ts';
import { checkStreams } from './check-streams.ts';
import { checkList, checkName, checkNamespace, checkReplicas, refuse, shown } from './checks.ts';
import { brokerAddresses, leafLink, leafNetworks } from './defaults.ts';
import { BROKER, DEFAULT_NAMESPACE, LEAF, leafUser } from './names.ts';
import type { BrokerCluster, Cluster, LeafCluster, Topology } from './topology.ts';

/**
 * Checks a topology before anything is made from it.
 * @returns the same topology
 * @throws InvalidInput with one message that names the property, its value and what to write instead
 */
export function checkTopology(topology: Topology): Topology {
  const { brokerCluster, leafClusters } = topology;
  const ipv6 = topology.ipv6 ?? false;
  checkKeys(at('topology'), topology, KEYS.topology);
  if (!Array.isArray(leafClusters))
    refuse(at('leafClusters'), `${shown(leafClusters)} is not a list; use [] for a broker without leaves`);
  checkNamespace(at('namespace'), topology.namespace ?? DEFAULT_NAMESPACE);
  checkChoice(at('secrets'), topology.secrets ?? 'file', ['file', 'external']);
  checkChoice(at('accessPolicy'), topology.accessPolicy ?? 'deny', ['deny', 'audit']);

  checkKeys(at('brokerCluster'), brokerCluster, KEYS.brokerCluster);
  for (const [i, leaf] of leafClusters.entries()) checkKeys(at(`leafClusters[${i}]`), leaf, KEYS.leafCluster);
  const clusters: [string, Cluster][] = [
    ['brokerCluster', brokerCluster],
    ...leafClusters.map((leaf, i): [string, Cluster] => [`leafClusters[${i}]`, leaf]),
  ];
  checkUnique(
    clusters.map(([path, { name }]) => [`${path}.name`, name]),
    'give each cluster a name of its own',
  );
  checkUnique(
    clusters.map(([path, { issuer }]) => [`${path}.issuer`, issuer]),
    'give each cluster an issuer of its own',
  );
  checkBroker(brokerCluster, leafClusters, ipv6);
  for (const [i, leaf] of leafClusters.entries())
    checkLeaf(`leafClusters[${i}]`, leaf, brokerAddresses(brokerCluster), ipv6);
  for (const [path, cluster] of clusters) checkMonitoring(`${path}.monitoring`, cluster);
  checkStreams(topology);
  return topology;
}

function checkBroker(broker: BrokerCluster, leaves: readonly LeafCluster[], ipv6: boolean): void {
  const path = 'brokerCluster';
  const taken: [string, string][] = leaves.map(({ name }) => [`the leaf of ${name}`, leafUser(name)]);
  checkList(at(`${path}.externalClients`), broker.externalClients, "[{ name: 'ops', networks: 'anywhere' }]");
  for (const [i, client] of (broker.externalClients ?? []).entries()) {
    const here = `${path}.externalClients[${i}]`;
    checkKeys(at(here), client, KEYS.externalClient);
    taken.push([`${here}.name`, checkName(at(`${here}.name`), client.name)]);
    checkNetworks(at(`${here}.networks`), client.networks, client.name, ipv6);
    checkPermissions(here, client);
  }
  checkCluster(path, broker, ipv6, BROKER, taken);
  // Certificates are files named after the client.
  checkUnique(
    (['publishers', 'subscribers', 'externalClients'] as const).flatMap((kind) =>
      (broker[kind] ?? []).map(({ name }, i): [string, string] => [`${path}.${kind}[${i}].name`, name]),
    ),
    'give each client of a cluster a name of its own',
  );
  checkReplicas(at(`${path}.replicas`), broker.replicas ?? 1);
  const here = (property: string) => at(`${path}.${property}`);
  checkAddresses(here, broker.address, broker.furtherAddresses, ipv6);
  for (const listener of ['clientListener', 'leafListener'] as const)
    checkKeys(here(listener), broker[listener] ?? {}, KEYS.listener);
  checkKeys(here('loadBalancer'), broker.loadBalancer ?? {}, KEYS.loadBalancer);
  resolveListeners(here, broker);
}

function checkLeaf(path: string, leaf: LeafCluster, hub: readonly string[], ipv6: boolean): void {
  checkCluster(path, leaf, ipv6, LEAF, []);
  const link = leafLink(leaf);
  checkChoice(at(`${path}.link.kind`), link.kind, ['nats-tls', 'linkerd-gateway', 'plaintext']);
  if (link.kind === 'linkerd-gateway') {
    if (!link.linkName)
      refuse(at(`${path}.link.linkName`), 'is missing; use the name of the Link, such as vm-a');
    checkName(at(`${path}.link.linkName`), link.linkName);
    return;
  }
  if (link.kind === 'plaintext' && link.insecurePlaintext !== true) {
    refuse(
      at(`${path}.link`),
      '"plaintext" travels in clear; use nats-tls, or write `insecurePlaintext: true`',
    );
  }
  if (leaf.networks === undefined && hub.some((address) => sameAddress(address, leaf.address))) {
    refuse(
      at(`${path}.address`),
      `${shown(leaf.address)} is the broker's; use the one that ${leaf.name} dials from, or list its \`networks\` if that is the same`,
    );
  }
  checkNetworks(at(`${path}.networks`), leafNetworks(leaf), leaf.name, ipv6);
}
