/** Reads from a certificate's DER what node:crypto does not tell. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { ipBytes } from '../model/ip-address.ts';
import * as der from './der.ts';
import { type DerValue, derChildren, derValues } from './der-read.ts';
import { keyIdentifier, OID, type Signer } from './x509.ts';

const tbsFields = (certificate: X509Certificate) =>
  derChildren(derChildren(derValues(certificate.raw)[0])[0]);

const oidNames = new Map(
  Object.entries(OID).map(([name, id]) => [der.toBuffer(der.oid(id)).toString('hex'), name]),
);
const oidName = (value: DerValue | undefined) => oidNames.get(value?.whole.toString('hex') ?? '');

/** What signed the certificate, as `OID` calls it; undefined for algorithms that have no place here, such as SHA-1. */
export const signatureAlgorithm = (certificate: X509Certificate) =>
  oidName(derChildren(tbsFields(certificate)[2])[0]);

/** The kind of a key: `P-256`, `P-384`, `P-521`, `RSA-2048` and so on; anything else by node:crypto's name. */
export function keyKind(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return `RSA-${modulusLength}`;
  return CURVES[namedCurve ?? ''] ?? namedCurve ?? String(key.asymmetricKeyType);
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** An extension's value; undefined when the certificate does not have it. */
function extension(certificate: X509Certificate, name: keyof typeof OID): DerValue | undefined {
  const list = derChildren(derChildren(tbsFields(certificate)[7])[0]).map(derChildren);
  const found = list.find(([id]) => oidName(id) === name);
  // It is wrapped in an OCTET STRING.
  return derChildren(found?.at(-1))[0];
}

/** Whether a CA may sign certificates. A key usage that is not there forbids nothing. */
export function maySign(certificate: X509Certificate): boolean {
  const usage = extension(certificate, 'keyUsage')?.content;
  // The first byte counts unused bits; keyCertSign is the sixth bit from the left of the second.
  return usage === undefined || ((usage[1] ?? 0) & 0x04) !== 0;
}

/** The CA as a signer, with its own certificate's name and key identifier byte for byte. */
export function signerOf(certificate: X509Certificate, privateKey: KeyObject): Signer {
  const keyId = extension(certificate, 'subjectKeyIdentifier')?.content.toString('latin1');
  // A BIT STRING, whose first byte counts unused bits.
  const publicKey = derChildren(tbsFields(certificate)[6])[1]!.content.subarray(1);
  return {
    name: der.encoded(tbsFields(certificate)[5]!.whole),
    keyId: keyId ?? keyIdentifier(publicKey),
    privateKey,
    notAfter: new Date(certificate.validTo),
  };
}

/** A SAN in the one spelling in which two equal ones are equal. */
export const canonicalName = (name: string) => ipBytes(name)?.toString('hex') ?? name.toLowerCase();

/** The subject alternative names, canonical and sorted. */
export function subjectAltNames(certificate: X509Certificate): string[] {
  const entries = certificate.subjectAltName?.split(', ') ?? [];
  return entries.map((entry) => canonicalName(entry.slice(entry.indexOf(':') + 1))).sort();
}

/** The extended key usages as OIDs, sorted. node:crypto calls them `keyUsage`. */
export const purposes = (certificate: X509Certificate) => [...(certificate.keyUsage ?? [])].sort();

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Each certificate of a PEM text, as the text that is its own. */
export const certificateBlocks = (pem: string): string[] => pem.match(PEM) ?? [];

/** The first certificate of a PEM text; undefined when there is none that can be read. */
export function parseCertificate(pem: string): X509Certificate | undefined {
  const [block] = certificateBlocks(pem);
  if (!block) return undefined;
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}
