import {
  checkCommand,
  checkImage,
  checkName,
  checkReplicas,
  checkResources,
  checkSubject,
  checkSubjects,
  checkWorkloadName,
  type Place,
  refuse,
  shown,
} from '../checks.ts';
import { workloadUser } from '../implied.ts';
import { DOCTOR_USER, RESERVED_CERTIFICATES, ROUTE_USER, STREAMS, SYSTEM_USER } from '../names.ts';
import type { Cluster, Workload } from '../topology.ts';
import { checkAddress } from './check-address.ts';
import { checkCertManager } from './check-cert-manager.ts';
import { checkClient } from './check-client.ts';
import { checkScraper } from './check-network.ts';
import { checkPods } from './check-pods.ts';
import { checkServerSettings } from './check-server-settings.ts';

/** What holds for every cluster, and for its publishers and subscribers. */
export function checkCluster(
  path: string,
  cluster: Cluster,
  ipv6: boolean,
  server: string,
  takenUsers: [string, string][],
): void {
  checkName(at(`${path}.name`), cluster.name);
  checkAddress(at(`${path}.address`), cluster.address, ipv6);
  checkName(at(`${path}.issuer`), cluster.issuer);
  if (RESERVED_CERTIFICATES.has(cluster.issuer) || cluster.issuer.startsWith(`${cluster.name}-nats-`)) {
    refuse(
      at(`${path}.issuer`),
      `${shown(cluster.issuer)} is another certificate's name; use for example ${cluster.name}-issuer`,
    );
  }
  checkReplicas(at(`${path}.replicas`), cluster.replicas ?? 1);
  if (cluster.resources) checkResources(at(`${path}.resources`), cluster.resources);
  checkServerSettings((property) => at(`${path}.serverSettings.${property}`), cluster.serverSettings);
  if (cluster.controllerResources)
    checkResources(at(`${path}.controllerResources`), cluster.controllerResources);
  checkPods((property) => at(`${path}.pods.${property}`), cluster.pods);
  checkPods((property) => at(`${path}.serverPods.${property}`), cluster.serverPods);
  checkScraper(at(`${path}.scraper`), cluster.scraper, ipv6);
  checkCertManager((property) => at(`${path}.certificates.${property}`), cluster.certificates);
  const places = [
    ...(cluster.publishers ?? []).map(
      (workload, i) => [`${path}.publishers[${i}]`, workload, 'refused'] as const,
    ),
    ...(cluster.subscribers ?? []).map(
      (workload, i) => [`${path}.subscribers[${i}]`, workload, 'allowed'] as const,
    ),
  ];
  for (const [here, workload, wildcards] of places) {
    checkWorkloadName(at(`${here}.name`), workload.name);
    checkName(at(`${here}.user`), workloadUser(workload));
    checkSubject(at(`${here}.subject`), workload.subject, wildcards);
    checkPermissions(here, workload);
    if (workload.image !== undefined) checkImage(at(`${here}.image`), workload.image);
    else if (workload.command)
      refuse(at(`${here}.command`), 'has no image to run in; name the `image` as well');
    if (workload.command) checkCommand(at(`${here}.command`), workload.command);
    if (workload.resources) checkResources(at(`${here}.resources`), workload.resources);
    checkPods((property) => at(`${here}.pods.${property}`), workload.pods);
  }
  const controller: [string, string][] = cluster.jetStream
    ? [['the controller of the streams', STREAMS]]
    : [];
  checkUnique(
    [
      ['the server', server],
      ...controller,
      ...places.map(([here, { name }]): [string, string] => [`${here}.name`, name]),
    ],
    'give each workload of a cluster a name of its own',
  );
  checkUnique(
    [
      ['the system account', SYSTEM_USER],
      ['npm run doctor', DOCTOR_USER],
      ["the routes between the broker's sites", ROUTE_USER],
      ...controller,
      ...takenUsers,
      ...places.map(([here, workload]): [string, string] => [`${here}.user`, workloadUser(workload)]),
      ...(cluster.clients ?? []).map(({ name, user }, i): [string, string] => [
        `${path}.clients[${i}].${user === undefined ? 'name' : 'user'}`,
        user ?? name,
      ]),
    ],
    'give each client of a cluster a user of its own',
  );
}

/** What holds for the applications that others deploy. @param servers - namespace of the servers */
export function checkClients(path: string, { clients = [] }: Cluster, servers: string): void {
  for (const [i, client] of clients.entries())
    checkClient((property) => at(`${path}.clients[${i}].${property}`), client, servers);
  checkUnique(
    clients.map(({ name }, i) => [`${path}.clients[${i}].name`, name]),
    'give each client of a cluster a name of its own',
  );
  checkUnique(
    clients.map(({ name, namespace, serviceAccount = name }, i) => [
      `${path}.clients[${i}].serviceAccount`,
      `${serviceAccount}.${namespace}`,
    ]),
    'the mesh cannot tell two clients of one service account apart, so make one of them, or give each an account of its own',
  );
}

/** The subjects that a client may use beside its own. */
export function checkPermissions(path: string, permissions: Pick<Workload, 'publish' | 'subscribe'>): void {
  for (const kind of ['publish', 'subscribe'] as const) {
    checkSubjects(at(`${path}.${kind}`), permissions[kind]);
  }
}

/** Refuses the second of two equal values. */
export function checkUnique(values: [path: string, value: string][], remedy: string): void {
  const seen = new Map<string, string>();
  for (const [path, value] of values) {
    const first = seen.get(value);
    if (first) refuse(at(path), `${shown(value)} is used twice, by ${first} too; ${remedy}`);
    seen.set(value, path);
  }
}

/** A place in the topology. */
export const at = (property: string): Place => ({ owner: 'topology.ts', property });
