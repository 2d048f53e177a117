/** What is asked of a certificate in each role: Linkerd's rules for anchor and issuer, and what NATS clients take. */
import type { X509Certificate } from 'node:crypto';
import type { Role } from '../plan.ts';
import { caLimits, isNatsCa } from './ca-limits.ts';
import { certificateBlocks, endsWithCertificate, type Problem } from './pem.ts';
import { hasExplicitCurve, isVersion1, keyKind, signatureAlgorithm } from './read-certificate.ts';

/** `linkerd check` takes these anchors and no others, and `linkerd install` P-256 issuers alone. */
const KEYS: Readonly<Record<Role, readonly string[]>> = {
  anchor: ['P-256', 'RSA-2048', 'RSA-4096'],
  issuer: ['P-256'],
  'nats-ca': ['P-256', 'P-384', 'P-521', 'RSA-2048', 'RSA-3072', 'RSA-4096'],
  'nats-issuer': ['P-256'],
  server: ['P-256'],
  leaf: ['P-256'],
  client: ['P-256'],
};

const SHA256 = ['ecdsaWithSha256', 'rsaWithSha256'];
const SHA2 = [...SHA256, 'ecdsaWithSha384', 'ecdsaWithSha512', 'rsaWithSha384', 'rsaWithSha512'];

export const isLinkerds = (role: Role) => role === 'anchor' || role === 'issuer';
export const isRoot = (role: Role) => role === 'anchor' || role === 'nats-ca';
export const isCa = (role: Role) => isLinkerds(role) || isNatsCa(role);

/**
 * What makes a certificate file unfit for its role; undefined when nothing does.
 * @param names what a CA has to sign for
 */
export function unfit(
  role: Role,
  certificate: X509Certificate,
  pem: string,
  names: readonly string[],
): Problem | undefined {
  const count = certificateBlocks(pem).length;
  if (count > 1) {
    return {
      problem: `holds ${count} certificates`,
      remedy: `keep only the first one, because whoever trusts the ${isCa(role) ? 'others trusts everything below them' : 'CA needs no chain'}`,
    };
  }
  if (isLinkerds(role) && !endsWithCertificate(pem)) {
    return {
      problem: 'has something after the certificate that Linkerd refuses, such as a blank line',
      remedy: 'delete everything after the line END CERTIFICATE',
    };
  }
  if (isVersion1(certificate)) {
    return {
      problem: 'is a certificate of version 1, without the extensions that were requested',
      remedy: 'have it signed with them: `openssl x509 -req` needs `-copy_extensions copyall` for that',
    };
  }
  if (certificate.ca !== isCa(role)) {
    return { problem: isCa(role) ? 'is not a CA certificate' : 'is a CA certificate, which it must not be' };
  }
  const key = keyKind(certificate.publicKey);
  if (!KEYS[role].includes(key)) return { problem: `has a key of the kind ${key}, not ${list(KEYS[role])}` };
  if (hasExplicitCurve(certificate)) {
    return {
      problem: 'has a key whose curve is written out in place of its name, which nothing in Go reads',
      remedy: 'make the key with a named curve, as `openssl ecparam -name prime256v1 -genkey` does',
    };
  }
  const signatures = isLinkerds(role) ? SHA256 : SHA2;
  if (!signatures.includes(signatureAlgorithm(certificate) ?? '')) {
    return { problem: `is not signed by ECDSA or RSA with ${isLinkerds(role) ? 'SHA-256' : 'SHA-2'}` };
  }
  return isCa(role) ? caLimits(role, certificate, names) : undefined;
}

const list = (words: readonly string[]) => words.join(' or ');
