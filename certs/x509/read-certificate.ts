/** Reads from a certificate's DER what node:crypto does not tell. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { ipBytes } from '../../model/ip-address.ts';
import { keyIdentifier, OID, type Signer } from './certificate.ts';
import * as der from './der.ts';
import { certificateBlocks } from './pem.ts';
import { type DerValue, derChildren, derValues } from './read-der.ts';

/** The fields from the version on. Version 1, which knows no extensions, leaves the version out. */
function tbsFields(certificate: X509Certificate): (DerValue | undefined)[] {
  const fields = derChildren(derChildren(derValues(certificate.raw)[0])[0]);
  return fields[0]?.whole[0] === VERSION_TAG ? fields : [undefined, ...fields];
}

const VERSION_TAG = 0xa0;
const EXTENSIONS_TAG = 0xa3;
const OID_TAG = 0x06;

export const isVersion1 = (certificate: X509Certificate) => tbsFields(certificate)[0] === undefined;

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

/** Whether an elliptic curve is written out as numbers in place of its name, which Go does not read. */
export function hasExplicitCurve(certificate: X509Certificate): boolean {
  const [algorithm] = derChildren(tbsFields(certificate)[6]);
  const [id, parameters] = derChildren(algorithm);
  return oidName(id) === 'ecPublicKey' && parameters?.whole[0] !== OID_TAG;
}

export interface Extension {
  /** Dotted. */
  readonly oid: string;
  /** Whether nobody may use the certificate who does not understand it. */
  readonly critical: boolean;
  readonly value: DerValue | undefined;
}

export function extensionsOf(certificate: X509Certificate): Extension[] {
  const list = tbsFields(certificate).find((field) => field?.whole[0] === EXTENSIONS_TAG);
  return derChildren(derChildren(list)[0]).map((entry) => {
    const [id, ...rest] = derChildren(entry);
    return {
      oid: der.oidText(id!.content),
      critical: rest.length > 1 && rest[0]!.content[0] !== 0,
      // It is wrapped in an OCTET STRING.
      value: derChildren(rest.at(-1))[0],
    };
  });
}

/** An extension's value; undefined when the certificate does not have it. */
export const extension = (certificate: X509Certificate, name: keyof typeof OID) =>
  extensionsOf(certificate).find(({ oid }) => oid === OID[name])?.value;

/** Whether a CA may sign certificates. A key usage that is not there forbids nothing. */
export function maySign(certificate: X509Certificate): boolean {
  const usage = extension(certificate, 'keyUsage')?.content;
  // The first byte counts unused bits; keyCertSign is the sixth bit from the left of the second.
  return usage === undefined || ((usage[1] ?? 0) & 0x04) !== 0;
}

/** How many CA certificates may follow below a CA; undefined where it says no number. */
export function pathLength(certificate: X509Certificate): number | undefined {
  const [, length] = derChildren(extension(certificate, 'basicConstraints'));
  return length && Number.parseInt(length.content.toString('hex'), 16);
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
