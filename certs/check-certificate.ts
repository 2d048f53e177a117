/** Judges one certificate of `certs/issued/` and its key. */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { PlannedCertificate } from './plan.ts';
import type { IssuedFile, IssuedFiles } from './store.ts';
import { OID } from './x509.ts';
import { canonicalName, isP256, parseCertificate, purposes, subjectAltNames } from './x509-read.ts';

/** A certificate that can be used, with its key; the key of a CA may be kept elsewhere. */
export interface Issued {
  readonly certificate: X509Certificate;
  readonly crt: string;
  readonly key?: string;
}

/** A file that must not be used, and must not be replaced unasked either. */
export interface Refusal {
  readonly file: string;
  readonly problem: string;
  /** @default - restore or delete the certificate */
  readonly remedy?: string;
}

/** A certificate that can be minted anew without asking, and why it has to be. */
export interface Outdated {
  readonly outdated: string;
}

/**
 * The certificate if it can be used, or what is wrong with it; undefined when neither half is there.
 * @param signer the certificate of the CA that should have signed it; none for one that signs itself
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
  const problem = problemOf(planned, certificate, signer, now);
  if (problem) return { file: crtName, ...problem };

  // The key of a root may be kept offline: only signing asks for it.
  if (!keyFile) return planned.signer ? { outdated: `${keyName} is missing` } : { certificate, crt };
  const key = textOf(keyName, keyFile);
  if (typeof key !== 'string') return key;
  const privateKey = parseKey(key);
  if (!privateKey) return { file: keyName, problem: 'is not a complete unencrypted PEM private key' };
  if (!certificate.checkPrivateKey(privateKey)) {
    return { file: keyName, problem: `does not belong to ${crtName}` };
  }
  const difference = differenceOf(planned, certificate);
  return difference ? { outdated: difference } : { certificate, crt, key };
}

function textOf(name: string, file: IssuedFile): string | Refusal {
  if ('text' in file) return file.text;
  return { file: name, problem: `cannot be read (${file.problem})`, remedy: 'make it a readable file' };
}

/** The private key of a PEM text; undefined when it cannot be read. */
export function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function problemOf(
  planned: PlannedCertificate,
  certificate: X509Certificate,
  signer: X509Certificate | undefined,
  now: Date,
): { readonly problem: string; readonly remedy?: string } | undefined {
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  if (to <= now) return { problem: `expired at ${to.toISOString()}` };
  if (from > now) {
    return {
      problem: `is not valid before ${from.toISOString()}, and this machine's clock says ${now.toISOString()}`,
      remedy: 'set the clock right',
    };
  }
  const isCa = planned.pathLength !== undefined;
  if (certificate.ca !== isCa) {
    return { problem: isCa ? 'is not a CA certificate' : 'is a CA certificate, which it must not be' };
  }
  // What `linkerd install` and `linkerd check` ask of anchor and issuer.
  if (!isP256(certificate)) return { problem: 'is not ECDSA P-256 signed with SHA-256' };
  const parent = signer ?? certificate;
  if (!certificate.checkIssued(parent) || !certificate.verify(parent.publicKey)) {
    return { problem: planned.signer ? `was not signed by ${planned.signer}.crt` : 'is not self-signed' };
  }
  return undefined;
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
