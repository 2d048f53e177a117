/**
 * Mints X.509 v3 certificates: ECDSA P-256 with SHA-256, the one kind that every part of Linkerd takes.
 * node-forge writes the DER; keys and signatures are node:crypto's, because node-forge has no elliptic curves
 * (digitalbazaar/forge#116).
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { InvalidInput } from '../model/checks.ts';
import * as der from './der.ts';
import { ipBytes } from './ip-address.ts';

export const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

export type Purpose = 'serverAuth' | 'clientAuth';

/** What a certificate says about its subject. */
export interface CertificateContent {
  /** At most 64 characters (RFC 5280, ub-common-name). */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** How many CA certificates may follow below this one. @default - not a CA */
  readonly pathLength?: number;
  /** Extended key usage. Leave it out of a CA: it would bind all that the CA signs. @default - any purpose */
  readonly purposes?: readonly Purpose[];
  /** Subject alternative names: IPv4 and IPv6 addresses and DNS names. @default - none */
  readonly names?: readonly string[];
}

/** The CA that signs: its name and key identifier exactly as its own certificate has them. */
export interface Signer {
  readonly name: der.Asn1;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly notAfter: Date;
}

/** A new private key on the curve P-256. */
export const generateKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** A private key as PEM in SEC1 form, `EC PRIVATE KEY`. */
export const keyPem = (privateKey: KeyObject) =>
  privateKey.export({ type: 'sec1', format: 'pem' }).toString();

/** RFC 5280 4.2.1.2 (1): SHA-1 of the public point, which is the last 65 bytes of a P-256 SPKI. */
export const keyIdentifier = (spki: Buffer) => createHash('sha1').update(spki.subarray(-65)).digest('binary');

const algorithm = () => der.sequence(der.oid(OID.ecdsaWithSha256));

function distinguishedName(commonName: string): der.Asn1 {
  if (commonName.length === 0 || commonName.length > 64) {
    throw new InvalidInput(
      `certificate common name: '${commonName}' has ${commonName.length} characters; use 1 to 64.`,
    );
  }
  return der.sequence(der.set(der.sequence(der.oid(OID.commonName), der.utf8(commonName))));
}

/** 20 bytes, positive and without a leading zero byte: Go refuses negative serial numbers. */
function serialNumber(): Buffer {
  const bytes = randomBytes(20);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}

function extension(id: string, critical: boolean, value: der.Asn1): der.Asn1 {
  return der.sequence(der.oid(id), ...(critical ? [der.bool(true)] : []), der.octets(der.encode(value)));
}

function generalName(name: string): der.Asn1 {
  const ip = ipBytes(name);
  return ip ? der.implicit(7, ip.toString('latin1')) : der.implicit(2, name);
}

function extensions(content: CertificateContent, ownKeyId: string, signerKeyId: string): der.Asn1 {
  const { pathLength, purposes = [], names = [] } = content;
  const isCa = pathLength !== undefined;
  // keyCertSign and cRLSign for a CA, digitalSignature for the others.
  const usage = isCa ? der.bits(Buffer.of(0x06), 1) : der.bits(Buffer.of(0x80), 7);
  const constraints = isCa ? der.sequence(der.bool(true), der.int(pathLength)) : der.sequence();
  const list = [
    extension(OID.basicConstraints, true, constraints),
    extension(OID.keyUsage, true, usage),
    extension(OID.subjectKeyIdentifier, false, der.octets(ownKeyId)),
    extension(OID.authorityKeyIdentifier, false, der.sequence(der.implicit(0, signerKeyId))),
  ];
  if (purposes.length > 0) {
    list.push(extension(OID.extKeyUsage, false, der.sequence(...purposes.map((use) => der.oid(OID[use])))));
  }
  if (names.length > 0) {
    list.push(extension(OID.subjectAltName, false, der.sequence(...names.map(generalName))));
  }
  return der.explicit(3, der.sequence(...list));
}

/**
 * A certificate for the key, as PEM with LF line ends.
 * @param signer the CA; without one the certificate signs itself
 * @throws InvalidInput when the common name is empty or longer than 64 characters
 */
export function createCertificate(
  content: CertificateContent,
  privateKey: KeyObject,
  signer?: Signer,
): string {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const keyId = keyIdentifier(spki);
  const subject = distinguishedName(content.commonName);
  const tbs = der.sequence(
    der.explicit(0, der.int(2)),
    der.bigInt(serialNumber()),
    algorithm(),
    signer?.name ?? subject,
    der.sequence(der.time(content.notBefore), der.time(content.notAfter)),
    subject,
    der.decode(spki),
    extensions(content, keyId, signer?.keyId ?? keyId),
  );
  const signature = sign('sha256', der.encodeBuffer(tbs), signer?.privateKey ?? privateKey);
  return certificatePem(der.encodeBuffer(der.sequence(tbs, algorithm(), der.bits(signature))));
}

function certificatePem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
