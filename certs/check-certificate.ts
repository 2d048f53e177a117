/** Judges one certificate of `certs/issued/` and its key. */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { PlannedCertificate } from './plan.ts';
import { type Problem, unfit } from './rules.ts';
import type { IssuedFile, IssuedFiles } from './store.ts';
import { OID } from './x509.ts';
import { canonicalName, parseCertificate, purposes, subjectAltNames } from './x509-read.ts';

/** A certificate that can be used, with its key; the key of a root may be kept elsewhere, or encrypted. */
export interface Issued {
  /** File name without ending. */
  readonly name: string;
  readonly certificate: X509Certificate;
  readonly crt: string;
  readonly key?: string;
}

/** A file that must not be used, and must not be replaced unasked either. */
export interface Refusal extends Problem {
  readonly file: string;
  /** The certificate, where it has expired. */
  readonly expired?: X509Certificate;
}

/** A certificate that can be minted anew without asking, and why it has to be. */
export interface Outdated {
  readonly outdated: string;
}

/**
 * The certificate if it can be used, or what is wrong with it; undefined when neither half is there.
 * @param signer the certificate of the CA that should have signed it; none for a root
 */
export function judge(
  planned: PlannedCertificate,
  files: IssuedFiles,
  signer: X509Certificate | undefined,
  now: Date,
): Issued | Refusal | Outdated | undefined {
  const crtName = `${planned.name}.crt`;
  const keyName = `${planned.name}.key`;
  const crtFile = files.get(crtName);
  const keyFile = files.get(keyName);
  if (!crtFile && !keyFile) return undefined;
  if (!crtFile) {
    if (planned.signer) return { outdated: `${crtName} is missing` };
    return { file: crtName, problem: `is missing, but ${keyName} is there` };
  }
  const crt = textOf(crtName, crtFile);
  if (typeof crt !== 'string') return crt;
  const certificate = parseCertificate(crt);
  if (!certificate) return { file: crtName, problem: 'is not a complete PEM certificate' };
  const to = new Date(certificate.validTo);
  if (to <= now) return { file: crtName, problem: `expired at ${to.toISOString()}`, expired: certificate };
  const problem =
    premature(certificate, now) ??
    unfit(planned.role, certificate, crt) ??
    missigned(planned, certificate, signer);
  if (problem) return { file: crtName, ...problem };

  // The key of a root may be kept offline: only signing asks for it.
  const issued = { name: planned.name, certificate, crt };
  if (!keyFile) return planned.signer ? { outdated: `${keyName} is missing` } : issued;
  const key = textOf(keyName, keyFile);
  if (typeof key !== 'string') return key;
  if (!planned.signer && isEncrypted(key)) return { ...issued, key };
  const privateKey = parseKey(key);
  if (!privateKey || (planned.role === 'issuer' && !STARTS_WITH_KEY.test(key))) {
    return { file: keyName, problem: 'is not a complete unencrypted PEM private key' };
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    return { file: keyName, problem: `does not belong to ${crtName}` };
  }
  const difference = differenceOf(planned, certificate);
  return difference ? { outdated: difference } : { ...issued, key };
}

function textOf(name: string, file: IssuedFile): string | Refusal {
  if ('text' in file) return file.text;
  return { file: name, problem: `cannot be read (${file.problem})`, remedy: 'make it a readable file' };
}

/** Linkerd reads the first PEM block, which `openssl ecparam -genkey` makes one of parameters. */
const STARTS_WITH_KEY = /^[^-]*-----BEGIN (EC )?PRIVATE KEY-----/;

/** Whether a PEM text is a private key in PKCS #8 form that needs a passphrase. */
export const isEncrypted = (pem: string) => pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');

/** The private key of a PEM text; undefined when it cannot be read, or not with this passphrase. */
export function parseKey(pem: string, passphrase?: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch {
    return undefined;
  }
}

function premature(certificate: X509Certificate, now: Date): Problem | undefined {
  const from = new Date(certificate.validFrom);
  if (from <= now) return undefined;
  return {
    problem: `is not valid before ${from.toISOString()}, and this machine's clock says ${now.toISOString()}`,
    remedy: 'set the clock right',
  };
}

function missigned(
  planned: PlannedCertificate,
  certificate: X509Certificate,
  signer: X509Certificate | undefined,
): Problem | undefined {
  // A root from a company's PKI is signed by a CA that is not here.
  if (!planned.signer && certificate.subject !== certificate.issuer) return undefined;
  const parent = signer ?? certificate;
  if (certificate.checkIssued(parent) && certificate.verify(parent.publicKey)) return undefined;
  return { problem: planned.signer ? `was not signed by ${planned.signer}.crt` : 'is not self-signed' };
}

/** What a NATS certificate says that differs from the plan. A CA says nothing that depends on the topology. */
function differenceOf(planned: PlannedCertificate, certificate: X509Certificate): string | undefined {
  if (planned.pathLength !== undefined) return undefined;
  const names = (planned.names ?? []).map(canonicalName).sort();
  const uses = (planned.purposes ?? []).map((use) => OID[use]).sort();
  if (certificate.subject !== `CN=${planned.commonName}`) return 'its subject differs from the topology';
  if (String(subjectAltNames(certificate)) !== String(names)) return 'its names differ from the topology';
  if (String(purposes(certificate)) !== String(uses)) return 'its purposes differ from the topology';
  return undefined;
}
