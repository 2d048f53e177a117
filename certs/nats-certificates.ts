import type { BrokerModel, Model, UserModel } from '../model/model.ts';
import {
  BROKER,
  LEAF,
  mirrorName,
  NATS_CA,
  podHosts,
  ROUTE_USER,
  routeCertificate,
  serviceHost,
  serviceNames,
} from '../model/names.ts';
import { type PlannedCertificate, YEAR } from './planned-certificate.ts';

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
export interface Held {
  readonly planned: PlannedCertificate;
  readonly cluster: string;
  /** Whether it is of a pod in the namespace of the servers, so that cert-manager can make it there. */
  readonly inside: boolean;
}

/** Of users that are pods in the namespace of the servers. */
const INSIDE: readonly UserModel['kind'][] = ['leaf', 'workload', 'streams'];

/** Every NATS certificate that a server or user of a topology has, whoever makes it. */
export function everyNatsCertificate({ broker, sites, leaves, namespace }: Model): Held[] {
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
  const mirrors = new Set(
    leaves.flatMap(({ link }) =>
      link.kind === 'linkerd-gateway' ? [serviceHost(mirrorName(BROKER, link.linkName), namespace)] : [],
    ),
  );
  const ofSite = (site: BrokerModel): Held[] => {
    const { name: cluster, certificate, addresses, users, sites: others } = site;
    const server = serverCertificate(certificate, BROKER, [
      ...[...addresses, ...dialledInside(BROKER, namespace), ...mirrors],
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

const serverCertificate = (name: string, server: string, names: readonly string[]): PlannedCertificate => ({
  ...{ name, role: 'server', commonName: server, names },
  ...{ signer: NATS_CA, days: YEAR, purposes: ['serverAuth'] },
});

/**
 * What the servers of two sites show each other: the one that dials is a client of the other. Each of them dials itself
 * and others here, too, and would do it without end if that failed.
 */
const routesCertificate = (
  { name, addresses: [address], replicas }: BrokerModel,
  namespace: string,
): PlannedCertificate => ({
  ...serverCertificate(routeCertificate(name), ROUTE_USER, [
    ...[ROUTE_USER, address!],
    ...podHosts(BROKER, namespace, replicas),
  ]),
  purposes: ['serverAuth', 'clientAuth'],
});

/** Names under which a server is dialled within its cluster. */
const dialledInside = (server: string, namespace: string) => [
  ...serviceNames(server, namespace),
  // For the system user and the doctor, who have no pod and come by a port-forward.
  'localhost',
];
