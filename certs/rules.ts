/** What is asked of a certificate in each role: Linkerd's rules for anchor and issuer, and what NATS clients take. */
import type { X509Certificate } from 'node:crypto';
import type { Role } from './plan.ts';
import { certificateBlocks, keyKind, maySign, purposes, signatureAlgorithm } from './x509-read.ts';

export interface Problem {
  readonly problem: string;
  /** @default - the remedy for any file that cannot be used */
  readonly remedy?: string;
}

/** `linkerd check` takes these anchors and no others, and `linkerd install` P-256 issuers alone. */
const KEYS: Readonly<Record<Role, readonly string[]>> = {
  anchor: ['P-256', 'RSA-2048', 'RSA-4096'],
  issuer: ['P-256'],
  'nats-ca': ['P-256', 'P-384', 'P-521', 'RSA-2048', 'RSA-3072', 'RSA-4096'],
  server: ['P-256'],
  leaf: ['P-256'],
  client: ['P-256'],
};

const SHA256 = ['ecdsaWithSha256', 'rsaWithSha256'];
const SHA2 = [...SHA256, 'ecdsaWithSha384', 'ecdsaWithSha512', 'rsaWithSha384', 'rsaWithSha512'];

const isLinkerds = (role: Role) => role === 'anchor' || role === 'issuer';
export const isRoot = (role: Role) => role === 'anchor' || role === 'nats-ca';
export const isCa = (role: Role) => isLinkerds(role) || role === 'nats-ca';

/** What makes a certificate file unfit for its role; undefined when nothing does. */
export function unfit(role: Role, certificate: X509Certificate, pem: string): Problem | undefined {
  const count = certificateBlocks(pem).length;
  if (count > 1) {
    return {
      problem: `holds ${count} certificates`,
      remedy: `keep only the first one, because whoever trusts the ${isCa(role) ? 'others trusts everything below them' : 'CA needs no chain'}`,
    };
  }
  if (isLinkerds(role) && (pem.startsWith('\ufeff') || !/-----END CERTIFICATE-----(\r?\n)?$/.test(pem))) {
    return {
      problem: 'has something before or after the certificate that Linkerd refuses, such as a blank line',
      remedy: 'delete everything after the line END CERTIFICATE, and a byte order mark before the first line',
    };
  }
  if (certificate.ca !== isCa(role)) {
    return { problem: isCa(role) ? 'is not a CA certificate' : 'is a CA certificate, which it must not be' };
  }
  const key = keyKind(certificate.publicKey);
  if (!KEYS[role].includes(key)) return { problem: `has a key of the kind ${key}, not ${list(KEYS[role])}` };
  const signatures = isLinkerds(role) ? SHA256 : SHA2;
  if (!signatures.includes(signatureAlgorithm(certificate) ?? '')) {
    return { problem: `is not signed by ECDSA or RSA with ${isLinkerds(role) ? 'SHA-256' : 'SHA-2'}` };
  }
  if (isCa(role) && !maySign(certificate))
    return { problem: 'has a key usage that forbids it to sign certificates' };
  // Present on a CA it binds everything below it, and proxies are server and client alike.
  const uses = purposes(certificate);
  if (isCa(role) && uses.length === 1) return { problem: `is limited to the purpose ${uses[0]}` };
  return undefined;
}

const list = (words: readonly string[]) => words.join(' or ');
