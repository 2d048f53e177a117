/**
 * What a CA's own certificate forbids it to sign, by the rules of those who check its chains: Go's crypto/x509 for NATS,
 * and rustls-webpki as well for Linkerd's proxies. What they refuse is found here before anything is signed.
 */
import type { X509Certificate } from 'node:crypto';
import type { Role } from '../plan.ts';
import { OID } from './certificate.ts';
import { constraintsOf, excludes } from './name-constraints.ts';
import type { Problem } from './pem.ts';
import { type Extension, extensionsOf, maySign, purposes } from './read-certificate.ts';

/** Extensions that may be critical, by the last number of their OID 2.5.29.x. */
const WEBPKI_KNOWS = [15, 17, 19, 30, 31, 37];
const GO_KNOWS = [...WEBPKI_KNOWS, 14, 32, 33, 35, 36, 54];

const ANOTHER = 'use a CA without that limit, or have this one issued anew without it';

/** @param names what it has to sign for: DNS names and IP addresses */
export function caLimits(
  role: Role,
  certificate: X509Certificate,
  names: readonly string[],
): Problem | undefined {
  if (!maySign(certificate)) return { problem: 'has a key usage that forbids it to sign certificates' };
  const extensions = extensionsOf(certificate);
  const unknown = extensions.find((extension) => extension.critical && !isKnown(role, extension));
  if (unknown) {
    const who = isNatsCa(role) ? 'nats-server does' : 'Linkerd does';
    return { problem: `has the critical extension ${unknown.oid}, which ${who} not know`, remedy: ANOTHER };
  }
  const uses = purposes(certificate);
  if (!permitsBothPurposes(role, uses)) {
    return {
      problem: `is limited to the purposes ${uses.join(', ')}`,
      remedy: `use a CA without extended key usages, or with both ${OID.serverAuth} and ${OID.clientAuth}`,
    };
  }
  return nameLimit(role, extensions, names);
}

/** Whether it signs NATS certificates, itself or by a CA below it. */
export const isNatsCa = (role: Role) => role === 'nats-ca' || role === 'nats-issuer';

const isKnown = (role: Role, { oid }: Extension) =>
  (isNatsCa(role) ? GO_KNOWS : WEBPKI_KNOWS).some((last) => oid === `2.5.29.${last}`);

/** On a CA they bind everything below it, and servers and proxies are clients too. */
function permitsBothPurposes(role: Role, uses: readonly string[]): boolean {
  if (uses.length === 0 || (uses.includes(OID.serverAuth) && uses.includes(OID.clientAuth))) return true;
  // webpki does not know it in an intermediate, and does not look at an anchor's.
  return role !== 'issuer' && uses.includes(OID.anyExtendedKeyUsage);
}

function nameLimit(
  role: Role,
  extensions: readonly Extension[],
  names: readonly string[],
): Problem | undefined {
  const extension = extensions.find(({ oid }) => oid === OID.nameConstraints);
  if (!extension) return undefined;
  const constraints = constraintsOf(extension.value);
  if (constraints.others && (extension.critical || !isNatsCa(role))) {
    return {
      problem: 'has name constraints of a kind other than DNS names, IP addresses, mail addresses and URIs',
      remedy: ANOTHER,
    };
  }
  const barred = names.find((name) => excludes(constraints, name));
  if (!barred) return undefined;
  return {
    problem: `has name constraints that do not let it sign for ${barred}`,
    remedy: 'use a CA whose constraints permit that name, or that has none',
  };
}
