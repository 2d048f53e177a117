/**
 * Mints X.509 v3 certificates for ECDSA P-256 keys, the one kind that every part of Linkerd takes. The CA may have
 * another key: a company's is often RSA.
 * Keys and signatures are node:crypto's, because node-forge has no elliptic curves (digitalbazaar/forge#116).
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { InvalidInput } from '../../model/checks.ts';
import { ipBytes } from '../../model/ip-address.ts';
import * as der from './der.ts';

export const OID = {
  commonName: '2.5.4.3',
  ecPublicKey: '1.2.840.10045.2.1',
  prime256v1: '1.2.840.10045.3.1.7',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
  rsaWithSha256: '1.2.840.113549.1.1.11',
  rsaWithSha384: '1.2.840.113549.1.1.12',
  rsaWithSha512: '1.2.840.113549.1.1.13',
  extensionRequest: '1.2.840.113549.1.9.14',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  anyExtendedKeyUsage: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

export type Purpose = 'serverAuth' | 'clientAuth';

/** What a certificate says about its subject. */
export interface RequestContent {
  /** At most 64 characters (RFC 5280, ub-common-name). */
  readonly commonName: string;
  /** How many CA certificates may follow below this one. @default - not a CA */
  readonly pathLength?: number;
  /** Extended key usage. Leave it out of a CA: it would bind all that the CA signs. @default - any purpose */
  readonly purposes?: readonly Purpose[];
  /** Subject alternative names: IPv4 and IPv6 addresses and DNS names. @default - none */
  readonly names?: readonly string[];
  /** What a CA may sign for, and nothing else: DNS names with all below them, and addresses. @default - anything */
  readonly permitted?: readonly string[];
}

/** What a certificate says. */
export interface CertificateContent extends RequestContent {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The CA that signs: its name and key identifier exactly as its own certificate has them. */
export interface Signer {
  readonly name: der.Der;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly notAfter: Date;
}

/** A new private key on the curve P-256. */
export const generateKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/**
 * A private key as PEM: in SEC1 form, `EC PRIVATE KEY`, or with a passphrase in PKCS #8 form, as openssl encrypts it.
 * @param passphrase - @default - it is not encrypted
 */
export const keyPem = (privateKey: KeyObject, passphrase?: string) =>
  privateKey
    .export(
      passphrase === undefined
        ? { type: 'sec1', format: 'pem' }
        : { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
    )
    .toString();

/** RFC 5280 4.2.1.2 (1): SHA-1 of the public key's bits. */
export const keyIdentifier = (bits: Uint8Array) => createHash('sha1').update(bits).digest('binary');

/**
 * The uncompressed point of a P-256 key: RFC 5915 puts it at the end. node:crypto's own SPKI export takes longer than
 * all else together, and its JWK export was seen to hang for good in Node 20 among thousands of keys.
 */
const publicPoint = (privateKey: KeyObject): Buffer =>
  privateKey.export({ type: 'sec1', format: 'der' }).subarray(-65);

const publicKeyInfo = (point: Buffer) =>
  der.sequence(der.sequence(der.oid(OID.ecPublicKey), der.oid(OID.prime256v1)), der.bits(point));

/** SHA-256 with whatever key signs. RFC 4055 wants a NULL after the RSA identifier, RFC 5758 nothing after ECDSA's. */
const algorithm = (key: KeyObject) =>
  key.asymmetricKeyType === 'rsa'
    ? der.sequence(der.oid(OID.rsaWithSha256), der.nothing())
    : der.sequence(der.oid(OID.ecdsaWithSha256));

function distinguishedName(commonName: string): der.Der {
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

function extension(id: string, critical: boolean, value: der.Der): der.Der {
  return der.sequence(der.oid(id), ...(critical ? [der.bool(true)] : []), der.octets(value));
}

function generalName(name: string): der.Der {
  const ip = ipBytes(name);
  return ip ? der.implicit(7, ip.toString('latin1')) : der.implicit(2, name);
}

/** What a certificate may be used for and by whom: all that a signing request can ask for too. */
function requestedExtensions({
  pathLength,
  purposes = [],
  names = [],
  permitted,
}: RequestContent): der.Der[] {
  const isCa = pathLength !== undefined;
  // keyCertSign and cRLSign for a CA, digitalSignature for the others.
  const usage = isCa ? der.bits(Buffer.of(0x06), 1) : der.bits(Buffer.of(0x80), 7);
  const constraints = isCa ? der.sequence(der.bool(true), der.int(pathLength)) : der.sequence();
  const list = [extension(OID.basicConstraints, true, constraints), extension(OID.keyUsage, true, usage)];
  if (purposes.length > 0) {
    list.push(extension(OID.extKeyUsage, false, der.sequence(...purposes.map((use) => der.oid(OID[use])))));
  }
  if (names.length > 0) {
    list.push(extension(OID.subjectAltName, false, der.sequence(...names.map(generalName))));
  }
  if (permitted) list.push(extension(OID.nameConstraints, true, nameConstraints(permitted)));
  return list;
}

/**
 * The name constraints (RFC 5280 4.2.1.10) that leave nothing but these names. A kind of name that no subtree is about passes
 * whatever it says, and nats-server takes a user's name from a mail address or URI too: so each kind has one.
 */
export function nameConstraints(permitted: readonly string[]): der.Der {
  const subtree = (name: der.Der) => der.sequence(name);
  const ips = permitted.flatMap((name) => ipBytes(name) ?? []);
  const hosts = permitted.filter((name) => !ipBytes(name)).map((name) => name.replace(/^\*\./, ''));
  const whole = (ip: Buffer) => Buffer.concat([ip, Buffer.alloc(ip.length, 0xff)]);
  const allowed = [
    ...[...new Set(hosts)].map((host) => der.implicit(2, host)),
    ...[1, 6].map((mailOrUri) => der.implicit(mailOrUri, NOWHERE)),
    ...ips.map((ip) => der.implicit(7, whole(ip).toString('latin1'))),
  ];
  const everyAddress = [8, 32].map((bytes) => der.implicit(7, '\0'.repeat(bytes)));
  return der.sequence(
    der.explicit(0, ...allowed.map(subtree)),
    ...(ips.length > 0 ? [] : [der.explicit(1, ...everyAddress.map(subtree))]),
  );
}

/** A domain that nobody can have (RFC 2606). */
const NOWHERE = '.invalid';

function extensions(content: CertificateContent, ownKeyId: string, signerKeyId: string): der.Der {
  const keyIds = [
    extension(OID.subjectKeyIdentifier, false, der.octets(ownKeyId)),
    extension(OID.authorityKeyIdentifier, false, der.sequence(der.implicit(0, signerKeyId))),
  ];
  return der.explicit(3, der.sequence(...requestedExtensions(content), ...keyIds));
}

/**
 * A certificate for a P-256 key, as PEM with LF line ends.
 * @param signer the CA; without one the certificate signs itself
 * @throws InvalidInput when the common name is empty or longer than 64 characters
 */
export function createCertificate(
  content: CertificateContent,
  privateKey: KeyObject,
  signer?: Signer,
): string {
  const point = publicPoint(privateKey);
  const keyId = keyIdentifier(point);
  const subject = distinguishedName(content.commonName);
  const signingKey = signer?.privateKey ?? privateKey;
  const tbs = der.sequence(
    der.explicit(0, der.int(2)),
    der.bigInt(serialNumber()),
    algorithm(signingKey),
    signer?.name ?? subject,
    der.sequence(der.time(content.notBefore), der.time(content.notAfter)),
    subject,
    publicKeyInfo(point),
    extensions(content, keyId, signer?.keyId ?? keyId),
  );
  return signedPem('CERTIFICATE', tbs, signingKey);
}

/**
 * A request for a certificate (PKCS #10, RFC 2986) for a P-256 key, as PEM with LF line ends.
 * @throws InvalidInput when the common name is empty or longer than 64 characters
 */
export function createRequest(content: RequestContent, privateKey: KeyObject): string {
  const wanted = der.set(der.sequence(...requestedExtensions(content)));
  const info = der.sequence(
    der.int(0),
    distinguishedName(content.commonName),
    publicKeyInfo(publicPoint(privateKey)),
    der.explicit(0, der.sequence(der.oid(OID.extensionRequest), wanted)),
  );
  return signedPem('CERTIFICATE REQUEST', info, privateKey);
}

/** What certificates and requests have in common: content, algorithm and signature. */
function signedPem(label: string, content: der.Der, key: KeyObject): string {
  const signature = der.bits(sign('sha256', der.toBuffer(content), key));
  const bytes = der.toBuffer(der.sequence(content, algorithm(key), signature));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
