import type { Purpose } from './x509/certificate.ts';

/** What a certificate is for, which decides what is asked of it. */
export type Role = 'anchor' | 'issuer' | 'nats-ca' | 'nats-issuer' | 'server' | 'leaf' | 'client';

/** One certificate that the topology needs. */
export interface PlannedCertificate {
  /** File name without ending. */
  readonly name: string;
  readonly role: Role;
  readonly commonName: string;
  /** The one cluster that an anchor is for. @default - whoever shares it */
  readonly cluster?: string;
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

/** In days. */
export const YEAR = 365;
