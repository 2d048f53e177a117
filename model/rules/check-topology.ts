import { checkName, checkNamespace, refuse, shown } from '../checks.ts';
import { brokerAddresses, leafLink, leafNetworks, siteClusters } from '../implied.ts';
import { BROKER, DEFAULT_NAMESPACE, LEAF, leafUser, mirrorName } from '../names.ts';
import type { BrokerCluster, Cluster, LeafCluster, Topology } from '../topology.ts';
import { checkAddresses, sameAddress } from './check-address.ts';
import { checkCertificateName } from './check-certificates.ts';
import { at, checkClients, checkCluster, checkPermissions, checkUnique } from './check-cluster.ts';
import { checkImages } from './check-images.ts';
import { checkMonitoring } from './check-monitoring.ts';
import { checkMqtt } from './check-mqtt.ts';
import { checkNetworks } from './check-network.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkSites, sitePath } from './check-sites.ts';
import { checkStreams } from './check-streams.ts';

/**
 * Checks what holds within a topology and between its parts. Its types have been checked, and its listeners are
 * when they are resolved.
 * @throws InvalidInput with one message that names the property, its value and what to write instead
 */
export function checkTopology(topology: Topology): void {
  const { brokerCluster, leafClusters } = topology;
  const ipv6 = topology.ipv6 ?? false;
  checkNamespace(at('namespace'), topology.namespace ?? DEFAULT_NAMESPACE);
  checkImages((property) => at(`images.${property}`), topology.images);
  const sites = siteClusters(brokerCluster);
  const clusters: [string, Cluster][] = [
    ...sites.map((site, i): [string, Cluster] => [sitePath(i), site]),
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
  const servers = topology.namespace ?? DEFAULT_NAMESPACE;
  for (const [path, cluster] of clusters) checkClients(path, cluster, servers);
  for (const [i, site] of sites.entries()) checkBroker(sitePath(i), site, leafClusters, ipv6);
  checkSites(brokerCluster, leafClusters, ipv6);
  const hub = sites.flatMap(brokerAddresses);
  for (const [i, leaf] of leafClusters.entries()) checkLeaf(`leafClusters[${i}]`, leaf, hub, ipv6);
  checkTrustAnchors(topology);
  for (const [path, cluster] of clusters) checkMonitoring(`${path}.monitoring`, cluster);
  checkSecrets(at, topology, clusters);
  checkStreams(topology);
}

/**
 * Proxy and gateway know each other by certificates below one anchor.
 * @see https://linkerd.io/2/tasks/multicluster/ "a shared trust anchor"
 */
function checkTrustAnchors({ brokerCluster, leafClusters }: Topology): void {
  for (const [i, leaf] of leafClusters.entries()) {
    if (leafLink(leaf).kind !== 'linkerd-gateway') continue;
    for (const [path, { name, trustAnchor }] of [
      [`leafClusters[${i}]`, leaf],
      ['brokerCluster', brokerCluster],
    ] as const) {
      if (trustAnchor === 'own')
        refuse(
          at(`${path}.trustAnchor`),
          `'own' on ${name}, and the link of ${leaf.name} leads through a Linkerd gateway, which needs one anchor on both sides; leave it out, or have ${leaf.name} connect by nats-tls`,
        );
    }
  }
}

function checkBroker(
  path: string,
  broker: BrokerCluster,
  leaves: readonly LeafCluster[],
  ipv6: boolean,
): void {
  const taken: [string, string][] = leaves.map(({ name }) => [`the leaf of ${name}`, leafUser(name)]);
  for (const [i, client] of (broker.externalClients ?? []).entries()) {
    const here = `${path}.externalClients[${i}]`;
    taken.push([`${here}.name`, checkName(at(`${here}.name`), client.name)]);
    checkNetworks(at(`${here}.networks`), client.networks, client.name, ipv6);
    checkPermissions(here, client);
  }
  checkCluster(path, broker, ipv6, BROKER, taken);
  // Certificates are files named after the client.
  const named = (['publishers', 'subscribers', 'externalClients', 'clients'] as const).flatMap((kind) =>
    (broker[kind] ?? []).map(({ name }, i): [string, string] => [`${path}.${kind}[${i}].name`, name]),
  );
  checkUnique(named, 'give each client of a cluster a name of its own');
  for (const [place, name] of named) checkCertificateName(at(place), broker.name, name, 'orders');
  const here = (property: string) => at(`${path}.${property}`);
  checkAddresses(here, broker.address, broker.furtherAddresses, ipv6);
}

function checkLeaf(path: string, leaf: LeafCluster, hub: readonly string[], ipv6: boolean): void {
  const { mqtt } = leaf;
  const devices = (mqtt?.devices ?? []).map(({ name }, i): [string, string] => [
    `${path}.mqtt.devices[${i}].name`,
    name,
  ]);
  checkCluster(path, leaf, ipv6, LEAF, devices);
  if (mqtt) checkMqtt((property) => at(`${path}.mqtt${property}`), mqtt, leaf, ipv6);
  const link = leafLink(leaf);
  if (link.kind === 'linkerd-gateway') {
    const place = at(`${path}.link.linkName`);
    const mirror = mirrorName(BROKER, checkName(place, link.linkName));
    if (mirror.length > 63)
      refuse(
        place,
        `${shown(link.linkName)} makes ${mirror} the name of a Service, which may have 63 characters; use at most ${63 - mirrorName(BROKER, '').length}`,
      );
    return;
  }
  if (leaf.networks === undefined && hub.some((address) => sameAddress(address, leaf.address))) {
    refuse(
      at(`${path}.address`),
      `${shown(leaf.address)} is the broker's; use the one that ${leaf.name} dials from, or list its \`networks\` if two Kubernetes clusters share it; one Kubernetes cluster cannot be both broker and leaf`,
    );
  }
  checkNetworks(at(`${path}.networks`), leafNetworks(leaf), leaf.name, ipv6);
}
