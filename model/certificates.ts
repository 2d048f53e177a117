import { certificateName, NATS_ISSUER } from './names.ts';

/** What a user says about who makes the NATS certificates of a cluster, and what comes of it. */

/**
 * cert-manager makes the NATS certificates of what runs in the cluster, and renews them. What lies outside is still minted:
 * those of external clients, devices, `sys` and `doctor`, and of clients in namespaces of their own.
 * @see https://cert-manager.io/docs/
 */
export interface CertManager {
  /** Says who makes the certificates. */
  readonly kind: 'cert-manager';
  /**
   * An issuer of yours, below the NATS CA.
   * @default - an `Issuer` with a CA that `certs` mints below the NATS CA, for the names of this cluster and no others
   */
  readonly issuerRef?: IssuerRef;
  /** How long a certificate lasts: a whole number and h. @default '2160h', which is 90 days */
  readonly duration?: string;
  /** How long before its end it is renewed: a whole number and h. @default '720h', which is 30 days */
  readonly renewBefore?: string;
}

/** An object of cert-manager's that signs. */
export interface IssuerRef {
  /** Its name. */
  readonly name: string;
  /** What it is. @default 'Issuer' */
  readonly kind?: 'Issuer' | 'ClusterIssuer';
  /** API group, for issuers of others. @default 'cert-manager.io' */
  readonly group?: string;
}

/** `CertManager` with every choice made. */
export interface CertManagerModel {
  readonly kind: 'cert-manager';
  readonly issuerRef: { readonly name: string; readonly kind: string; readonly group: string };
  /** Name of the certificate of the CA that it signs with; `undefined` where the issuer is the user's. */
  readonly intermediate: string | undefined;
  /** In hours. */
  readonly duration: number;
  /** In hours. */
  readonly renewBefore: number;
}

/** Who makes the NATS certificates of a cluster. */
export type CertificatesModel = { readonly kind: 'minted' } | CertManagerModel;

const hours = (text: string) => Number.parseInt(text, 10);

/** What the topology says of a cluster, with every choice made. */
export function certificatesModel(cluster: string, certificates: CertManager | undefined): CertificatesModel {
  if (certificates === undefined) return { kind: 'minted' };
  const { issuerRef, duration = '2160h', renewBefore = '720h' } = certificates;
  return {
    kind: 'cert-manager',
    issuerRef: { kind: 'Issuer', group: 'cert-manager.io', ...(issuerRef ?? { name: NATS_ISSUER }) },
    intermediate: issuerRef ? undefined : certificateName(cluster, NATS_ISSUER),
    duration: hours(duration),
    renewBefore: hours(renewBefore),
  };
}
