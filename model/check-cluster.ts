import { checkAddress } from './check-address.ts';
import { checkScraper } from './check-network.ts';
import {
  checkCommand,
  checkImage,
  checkList,
  checkName,
  checkResources,
  checkSubject,
  checkSubjects,
  checkWorkloadName,
  type Place,
  refuse,
  shown,
} from './checks.ts';
import { workloadUser } from './defaults.ts';
import type { Listener, LoadBalancer } from './listener.ts';
import { DOCTOR_USER, STREAMS, SYSTEM_USER } from './names.ts';
import type { BrokerCluster, Cluster, ExternalClient, LeafCluster, Topology, Workload } from './topology.ts';

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
  if (['ca', 'nats-ca'].includes(cluster.issuer) || cluster.issuer.startsWith(`${cluster.name}-nats-`)) {
    refuse(
      at(`${path}.issuer`),
      `${shown(cluster.issuer)} is another certificate's name; use for example ${cluster.name}-issuer`,
    );
  }
  if (cluster.resources) checkResources(at(`${path}.resources`), cluster.resources);
  checkScraper(at(`${path}.scraper`), cluster.scraper, ipv6);
  for (const kind of ['publishers', 'subscribers'] as const) {
    checkList(at(`${path}.${kind}`), cluster[kind], "[{ name: 'orders', subject: 'orders.created' }]");
  }
  const places = [
    ...(cluster.publishers ?? []).map(
      (workload, i) => [`${path}.publishers[${i}]`, workload, 'refused'] as const,
    ),
    ...(cluster.subscribers ?? []).map(
      (workload, i) => [`${path}.subscribers[${i}]`, workload, 'allowed'] as const,
    ),
  ];
  for (const [here, workload, wildcards] of places) {
    checkKeys(at(here), workload, KEYS.workload);
    checkWorkloadName(at(`${here}.name`), workload.name);
    checkName(at(`${here}.user`), workloadUser(workload));
    checkSubject(at(`${here}.subject`), workload.subject, wildcards);
    checkPermissions(here, workload);
    if (workload.image !== undefined) checkImage(at(`${here}.image`), workload.image);
    else if (workload.command)
      refuse(at(`${here}.command`), 'has no image to run in; name the `image` as well');
    if (workload.command) checkCommand(at(`${here}.command`), workload.command);
    if (workload.resources) checkResources(at(`${here}.resources`), workload.resources);
  }
  const keeper: [string, string][] = cluster.jetStream ? [['the keeper of the streams', STREAMS]] : [];
  checkUnique(
    [
      ['the server', server],
      ...keeper,
      ...places.map(([here, { name }]): [string, string] => [`${here}.name`, name]),
    ],
    'give each workload of a cluster a name of its own',
  );
  checkUnique(
    [
      ['the system account', SYSTEM_USER],
      ['npm run doctor', DOCTOR_USER],
      ...keeper,
      ...takenUsers,
      ...places.map(([here, workload]): [string, string] => [`${here}.user`, workloadUser(workload)]),
    ],
    'give each client of a cluster a user of its own',
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

export function checkChoice(place: Place, value: string, choices: string[]): void {
  if (!choices.includes(value)) refuse(place, `${shown(value)} is not a choice; use ${choices.join(' or ')}`);
}

/** Refuses a misspelt property. TypeScript would say so, but synth runs without it. */
export function checkKeys(place: Place, value: object, known: Readonly<Record<string, true>>): void {
  if (typeof value !== 'object' || value === null)
    refuse(place, `${shown(value)} is not an object; give it ${Object.keys(known).join(', ')}`);
  const empty = Object.entries(value).find(([, content]) => content === null);
  if (empty)
    refuse(place, `has null for ${shown(empty[0])}; give it a value, or leave it out for its default`);
  const stranger = Object.keys(value).find((key) => !(key in known));
  if (stranger) refuse(place, `has no property ${shown(stranger)}; use ${Object.keys(known).join(', ')}`);
}

/** A place in the topology. */
export const at = (property: string): Place => ({ owner: 'topology.ts', property });

/** The properties that a type has; the compiler keeps it complete. */
const keys = <T>(known: Record<keyof Required<T>, true>): Record<keyof Required<T>, true> => known;

const CLUSTER = {
  name: true,
  address: true,
  issuer: true,
  publishers: true,
  subscribers: true,
  resources: true,
  scraper: true,
  monitoring: true,
  linkerdCni: true,
  jetStream: true,
  streams: true,
  consumers: true,
  deletable: true,
} as const;

export const KEYS = {
  topology: keys<Topology>({
    brokerCluster: true,
    leafClusters: true,
    namespace: true,
    secrets: true,
    accessPolicy: true,
    ipv6: true,
    longestPartition: true,
  }),
  brokerCluster: keys<BrokerCluster>({
    ...CLUSTER,
    furtherAddresses: true,
    replicas: true,
    clientListener: true,
    leafListener: true,
    loadBalancer: true,
    externalClients: true,
  }),
  leafCluster: keys<LeafCluster>({ ...CLUSTER, link: true, networks: true, mirrors: true }),
  listener: keys<Listener>({ nodePort: true, loadBalancerPort: true, tls: true, insecurePlaintext: true }),
  loadBalancer: keys<LoadBalancer>({ className: true, annotations: true, nodePorts: true }),
  externalClient: keys<ExternalClient>({ name: true, networks: true, publish: true, subscribe: true }),
  workload: keys<Workload>({
    name: true,
    subject: true,
    user: true,
    publish: true,
    subscribe: true,
    image: true,
    command: true,
    passwordInEnvironment: true,
    stream: true,
    consumer: true,
    resources: true,
  }),
};
