import type { BrokerModel, ClusterModel, Model, UserModel } from '../model/model.ts';
import {
  ANCHOR,
  BROKER,
  LEAF,
  mirrorName,
  NATS_CA,
  podHosts,
  ROUTE_USER,
  routeCertificate,
  SOPS_KEY,
  serviceHost,
  serviceNames,
} from '../model/names.ts';
import type { Purpose } from './x509/certificate.ts';

/** What a certificate is for, which decides what is asked of it. */
export type Role = 'anchor' | 'issuer' | 'nats-ca' | 'nats-issuer' | 'server' | 'leaf' | 'client';

/** One certificate that the topology needs. */
export interface PlannedCertificate {
  /** File name without ending. */
  readonly name: string;
  readonly role: Role;
  readonly commonName: string;
  /** Name of the CA that signs it. @default - itself */
  readonly signer?: string;
  /** Lifetime in days. */
  readonly days: number;
  /** How many CA certificates may follow below this one. @default - not a CA */
  readonly pathLength?: number;
  /** @default - any */
  readonly purposes?: readonly Purpose[];
  /** Subject alternative names. @default - none */
  readonly names?: readonly string[];
  /** What a CA may sign for, and nothing else. @default - anything */
  readonly permitted?: readonly string[];
}

/** Every certificate and password that a topology needs. A CA comes before what it signs. */
export interface CredentialPlan {
  readonly certificates: readonly PlannedCertificate[];
  /** Keys of `passwords.json`. */
  readonly passwords: readonly string[];
}

const YEAR = 365;

/** What has to be minted for a topology, in a stable order. */
export function credentialPlan(model: Model): CredentialPlan {
  return {
    certificates: [...linkerdCertificates(model.clusters), ...natsCertificates(model)],
    passwords: [...userPasswords(model), ...(model.secrets.kind === 'sops' ? [SOPS_KEY] : [])],
  };
}

/** The passwords that somebody signs in with. */
export const userPasswords = ({ clusters }: Pick<Model, 'clusters'>) =>
  // One of a leaf is known to every site.
  [...new Set(clusters.flatMap(({ users }) => users.map(({ password }) => password)))];

/** Names and lifetimes as in https://linkerd.io/2/tasks/generate-certificates/ */
function linkerdCertificates(clusters: readonly ClusterModel[]): PlannedCertificate[] {
  const anchor = {
    name: ANCHOR,
    role: 'anchor' as const,
    commonName: 'root.linkerd.cluster.local',
    days: 10 * YEAR,
    pathLength: 1,
  };
  const issuers = clusters.map(({ issuer }) => ({
    name: issuer,
    role: 'issuer' as const,
    commonName: 'identity.linkerd.cluster.local',
    signer: ANCHOR,
    days: YEAR,
    pathLength: 0,
  }));
  return [anchor, ...issuers];
}

/** Leaves come first, then whoever signs in to the broker as a client. */
const ORDER: readonly UserModel['kind'][] = [
  'leaf',
  'workload',
  'client',
  'streams',
  'external',
  'system',
  'doctor',
];

/** A NATS certificate, and the cluster that holds its key. */
interface Held {
  readonly planned: PlannedCertificate;
  readonly cluster: string;
  /** Whether it is of a pod in the namespace of the servers, so that cert-manager can make it there. */
  readonly inside: boolean;
}

/** Of users that are pods in the namespace of the servers. */
const INSIDE: readonly UserModel['kind'][] = ['leaf', 'workload', 'streams'];

/** Every NATS certificate that a server or user of a topology has, whoever makes it. */
function everyNatsCertificate({ broker, sites, leaves, namespace }: Model): Held[] {
  // The server takes the user's name from the certificate's DNS name.
  const client = (cluster: string, { name, kind, certificate }: UserModel): Held[] =>
    certificate === undefined
      ? []
      : [
          {
            planned: {
              name: certificate,
              role: kind === 'leaf' ? 'leaf' : 'client',
              commonName: name,
              signer: NATS_CA,
              days: YEAR,
              purposes: ['clientAuth'],
              names: [name],
            },
            cluster,
            inside: INSIDE.includes(kind),
          },
        ];
  const leafOf = new Map(leaves.map(({ name, certificate }) => [certificate, name]));
  const holderOf = ({ certificate }: UserModel, site: string) => leafOf.get(certificate) ?? site;
  const mirrors = leaves.flatMap(({ link }) =>
    link.kind === 'linkerd-gateway' ? [mirrorName(BROKER, link.linkName)] : [],
  );
  const ofSite = (site: BrokerModel): Held[] => {
    const { name: cluster, certificate, addresses, users, sites: others } = site;
    const server = serverCertificate(certificate, BROKER, [
      ...[...addresses, ...dialledInside(BROKER, namespace)],
      ...[...new Set(mirrors)].map((mirror) => serviceHost(mirror, namespace)),
    ]);
    // Every site knows every leaf, which has one certificate for all of them.
    const kinds = ORDER.filter((kind) => kind !== 'leaf' || site === broker);
    return [
      { planned: server, cluster, inside: true },
      ...(others ? [{ planned: routesCertificate(site, namespace), cluster, inside: true }] : []),
      ...kinds.flatMap((kind) =>
        users.filter((user) => user.kind === kind).flatMap((user) => client(holderOf(user, cluster), user)),
      ),
    ];
  };
  return [
    ...sites.flatMap(ofSite),
    ...leaves.flatMap(({ name, mqtt, users }) => [
      // What a leaf shows to MQTT devices; its own certificate is that of a client of the broker.
      ...(mqtt?.certificate === undefined
        ? []
        : [
            {
              planned: serverCertificate(mqtt.certificate, LEAF, [
                ...mqtt.addresses,
                ...dialledInside(LEAF, namespace),
              ]),
              cluster: name,
              inside: true,
            },
          ]),
      ...users.flatMap((user) => client(name, user)),
    ]),
  ];
}

/** Names of the clusters where cert-manager makes what it can. */
export const delegating = ({ clusters }: Pick<Model, 'clusters'>): string[] =>
  clusters.flatMap(({ name, certificates }) => (certificates.kind === 'cert-manager' ? [name] : []));

/** The certificates that cert-manager makes, by cluster; one where it makes none is not there. */
export function delegatedCertificates(model: Model): ReadonlyMap<string, readonly PlannedCertificate[]> {
  const made = new Map<string, PlannedCertificate[]>();
  const clusters = new Set(delegating(model));
  if (clusters.size === 0) return made;
  for (const { planned, cluster, inside } of everyNatsCertificate(model)) {
    if (inside && clusters.has(cluster)) made.set(cluster, [...(made.get(cluster) ?? []), planned]);
  }
  return made;
}

/** The NATS CA and what is minted below it: certificates, and the CAs with which cert-manager makes others. */
function natsCertificates(model: Model): PlannedCertificate[] {
  const made = delegatedCertificates(model);
  const elsewhere = new Set([...made.values()].flat().map(({ name }) => name));
  const intermediates = model.clusters.flatMap(({ name, certificates }): PlannedCertificate[] => {
    const intermediate = certificates.kind === 'cert-manager' && certificates.intermediate;
    const permitted = made.get(name)?.flatMap(({ names = [] }) => names);
    if (!intermediate || !permitted) return [];
    const ca = { role: 'nats-issuer', signer: NATS_CA, days: 3 * YEAR, pathLength: 0 } as const;
    return [{ ...ca, name: intermediate, commonName: intermediate, permitted }];
  });
  return [
    { name: NATS_CA, role: 'nats-ca', commonName: NATS_CA, days: 10 * YEAR, pathLength: 1 },
    ...intermediates,
    ...everyNatsCertificate(model).flatMap(({ planned }) => (elsewhere.has(planned.name) ? [] : [planned])),
  ];
}

const serverCertificate = (name: string, server: string, names: readonly string[]): PlannedCertificate => ({
  ...{ name, role: 'server', commonName: server, names },
  ...{ signer: NATS_CA, days: YEAR, purposes: ['serverAuth'] },
});

/**
 * What the servers of two sites show each other: the one that dials is a client of the other. Each of them dials itself
 * once, too, and would do it without end if that failed.
 */
const routesCertificate = (
  { name, addresses: [address] }: BrokerModel,
  namespace: string,
): PlannedCertificate => ({
  ...serverCertificate(routeCertificate(name), ROUTE_USER, [
    ...[ROUTE_USER, address!],
    ...podHosts(BROKER, namespace, 1),
  ]),
  purposes: ['serverAuth', 'clientAuth'],
});

/** Names under which a server is dialled within its cluster. */
const dialledInside = (server: string, namespace: string) => [
  ...serviceNames(server, namespace),
  // For the system user and the doctor, who have no pod and come by a port-forward.
  'localhost',
];
