import { InvalidInput } from '../model/checks.ts';
import { brokerAddresses, clients, leafLink } from '../model/defaults.ts';
import {
  BROKER,
  certificateName,
  DEFAULT_NAMESPACE,
  DOCTOR_USER,
  LEAF,
  leafUser,
  mirrorName,
  passwordName,
  SYSTEM_USER,
  serviceHost,
  serviceNames,
} from '../model/names.ts';
import type { Cluster, Topology } from '../model/topology.ts';
import type { Purpose } from './x509.ts';

/** File name, without ending, of Linkerd's trust anchor. */
export const ANCHOR = 'ca';

/** File name, without ending, of the CA that signs NATS certificates and nothing else. */
export const NATS_CA = 'nats-ca';

/** What a certificate is for, which decides what is asked of it. */
export type Role = 'anchor' | 'issuer' | 'nats-ca' | 'server' | 'leaf' | 'client';

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
}

/** Every certificate and password that a topology needs. A CA comes before what it signs. */
export interface CredentialPlan {
  readonly certificates: readonly PlannedCertificate[];
  /** Keys of `passwords.json`. */
  readonly passwords: readonly string[];
}

const YEAR = 365;

/**
 * What has to be minted for a topology, in a stable order.
 * @throws InvalidInput when two certificates would share a file name
 */
export function credentialPlan(topology: Topology): CredentialPlan {
  const clusters = [topology.brokerCluster, ...topology.leafClusters];
  const certificates = [...linkerdCertificates(clusters), ...natsCertificates(topology)];
  refuseSharedNames(certificates);
  return { certificates, passwords: passwordNames(topology) };
}

/** Names and lifetimes as in https://linkerd.io/2/tasks/generate-certificates/ */
function linkerdCertificates(clusters: readonly Cluster[]): PlannedCertificate[] {
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

function natsCertificates(topology: Topology): PlannedCertificate[] {
  const { brokerCluster: broker, leafClusters, namespace = DEFAULT_NAMESPACE } = topology;
  // The server takes the user's name from the certificate's DNS name.
  const client = (workload: string, user: string): PlannedCertificate => ({
    name: certificateName(broker.name, workload),
    role: 'client',
    commonName: user,
    signer: NATS_CA,
    days: YEAR,
    purposes: ['clientAuth'],
    names: [user],
  });
  const links = leafClusters.map(leafLink);
  const mirrors = links.flatMap((link) =>
    link.kind === 'linkerd-gateway' ? [mirrorName(BROKER, link.linkName)] : [],
  );
  const tlsLeaves = leafClusters.filter((leaf) => leafLink(leaf).kind !== 'plaintext');
  return [
    { name: NATS_CA, role: 'nats-ca', commonName: NATS_CA, days: 10 * YEAR, pathLength: 0 },
    {
      name: certificateName(broker.name, BROKER),
      role: 'server',
      commonName: BROKER,
      signer: NATS_CA,
      days: YEAR,
      purposes: ['serverAuth'],
      names: [
        ...brokerAddresses(broker),
        ...serviceNames(BROKER, namespace),
        // For the system user and the doctor, who have no pod and come by a port-forward.
        'localhost',
        ...[...new Set(mirrors)].map((mirror) => serviceHost(mirror, namespace)),
      ],
    },
    ...tlsLeaves.map(({ name }) => ({
      ...client(LEAF, leafUser(name)),
      name: certificateName(name, LEAF),
      role: 'leaf' as const,
    })),
    ...clients(broker).map(({ name, user }) => client(name, user)),
    ...(broker.externalClients ?? []).map(({ name }) => client(name, name)),
    client(SYSTEM_USER, SYSTEM_USER),
    client(DOCTOR_USER, DOCTOR_USER),
  ];
}

function passwordNames({ brokerCluster, leafClusters }: Topology): string[] {
  const ofCluster = (cluster: Cluster) =>
    [...clients(cluster).map(({ user }) => user), SYSTEM_USER, DOCTOR_USER].map((user) =>
      passwordName(cluster.name, user),
    );
  const ofBroker = [
    ...(brokerCluster.externalClients ?? []).map(({ name }) => name),
    ...leafClusters.map(({ name }) => leafUser(name)),
  ].map((user) => passwordName(brokerCluster.name, user));
  return [...new Set([...ofCluster(brokerCluster), ...ofBroker, ...leafClusters.flatMap(ofCluster)])];
}

function refuseSharedNames(certificates: readonly PlannedCertificate[]) {
  const seen = new Set<string>();
  for (const { name } of certificates) {
    if (seen.has(name)) {
      throw new InvalidInput(
        `topology: two certificates would be called '${name}.crt'; rename the cluster, workload or issuer that one of them is named after.`,
      );
    }
    seen.add(name);
  }
}
