/** Reads from a certificate's DER what node:crypto does not tell. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import * as der from './der.ts';
import { ipBytes } from './ip-address.ts';
import { keyIdentifier, OID, type Signer } from './x509.ts';

const tbsFields = (certificate: X509Certificate) =>
  der.children(der.children(der.decode(certificate.raw))[0]);

const isOid = (value: der.Asn1 | undefined, id: string) => der.content(value) === der.content(der.oid(id));

/** Whether key and signature are ECDSA on P-256 with SHA-256. */
export function isP256(certificate: X509Certificate): boolean {
  const algorithm = der.children(tbsFields(certificate)[2])[0];
  return (
    certificate.publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1' &&
    isOid(algorithm, OID.ecdsaWithSha256)
  );
}

/** The CA as a signer, with its own certificate's name and key identifier byte for byte. */
export function signerOf(certificate: X509Certificate, privateKey: KeyObject): Signer {
  const fields = tbsFields(certificate);
  const extensions = der.children(der.children(fields[7])[0]).map(der.children);
  const found = extensions.find(([id]) => isOid(id, OID.subjectKeyIdentifier));
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return {
    name: fields[5]!,
    // The extension's value is an OCTET STRING inside an OCTET STRING: skip the inner one's tag and length.
    keyId: found ? der.content(found.at(-1)).slice(2) : keyIdentifier(spki),
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
  if (!/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(pem)) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
