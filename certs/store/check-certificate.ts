/** Judges one certificate of `certs/issued/` and its key. */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { PlannedCertificate } from '../plan.ts';
import { nameConstraints, OID } from '../x509/certificate.ts';
import * as der from '../x509/der.ts';
import {
  isEncrypted,
  keyBlock,
  looksLikeDer,
  type Problem,
  startsWithKey,
  unwantedText,
} from '../x509/pem.ts';
import { unfit } from '../x509/profile.ts';
import {
  canonicalName,
  extension,
  parseCertificate,
  purposes,
  subjectAltNames,
} from '../x509/read-certificate.ts';
import type { IssuedFile, IssuedFiles } from './folder.ts';

/** A certificate that can be used, with its key; the key of a root may be kept elsewhere, or encrypted. */
export interface Issued {
  /** File name without ending. */
  readonly name: string;
  readonly certificate: X509Certificate;
  readonly crt: string;
  readonly key?: string;
}

/** A pair that is known to be good. The certificate is parsed when somebody asks, because nobody does for most of a fleet. */
export function unparsed(name: string, crt: string, key: string): Issued {
  let certificate: X509Certificate | undefined;
  return {
    ...{ name, crt, key },
    get certificate() {
      certificate ??= parseCertificate(crt)!;
      return certificate;
    },
  };
}

/** A file that must not be used, and must not be replaced unasked either. */
export interface Refusal extends Problem {
  readonly file: string;
  /** The certificate, where it has expired or is not valid yet. */
  readonly untimely?: X509Certificate;
}

/** A certificate that can be minted anew without asking, and why it has to be. */
export interface Outdated {
  readonly outdated: string;
}

/**
 * The certificate if it can be used, or what is wrong with it; undefined when neither half is there.
 * @param signer the certificate of the CA that should have signed it; none for a root
 * @param names what it has to sign for, where it is a CA
 */
export function judge(
  planned: PlannedCertificate,
  files: IssuedFiles,
  signer: X509Certificate | undefined,
  now: Date,
  names: readonly string[],
): Issued | Refusal | Outdated | undefined {
  const crtName = `${planned.name}.crt`;
  const keyName = `${planned.name}.key`;
  const crtFile = files.get(crtName);
  const keyFile = keptElsewhere(planned, files.get(keyName)) ? undefined : files.get(keyName);
  if (!crtFile && !keyFile) return undefined;
  if (!crtFile) {
    if (planned.signer) return { outdated: `${crtName} is missing` };
    return { file: crtName, problem: `is missing, but ${keyName} is there` };
  }
  const crt = textOf(crtName, crtFile);
  if (typeof crt !== 'string') return crt;
  const unwanted = unwantedText(crt, 'certificate');
  if (unwanted) return { file: crtName, ...unwanted };
  const certificate = parseCertificate(crt);
  if (!certificate) return { file: crtName, ...unreadable(crtName, crt) };
  const untimely = outOfTime(certificate, now);
  if (untimely) return { file: crtName, problem: untimely, untimely: certificate };
  const problem = unfit(planned.role, certificate, crt, names) ?? missigned(planned, certificate, signer);
  if (problem) return { file: crtName, ...problem };

  // The key of a root may be kept offline: only signing asks for it.
  const issued = { name: planned.name, certificate, crt: certificate.toString() };
  if (!keyFile) return planned.signer ? { outdated: `${keyName} is missing` } : issued;
  const key = textOf(keyName, keyFile);
  if (typeof key !== 'string') return key;
  const besides = unwantedText(key, 'key');
  if (besides) return { file: keyName, ...besides };
  if (!planned.signer && isEncrypted(key)) return { ...issued, key };
  if (isEncrypted(key)) return { file: keyName, ...encrypted(keyName) };
  const privateKey = parseKey(key);
  if (!privateKey || (planned.role === 'issuer' && !startsWithKey(key))) {
    return { file: keyName, problem: 'is not a complete unencrypted PEM private key' };
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    return { file: keyName, problem: `does not belong to ${crtName}` };
  }
  const difference = differenceOf(planned, certificate);
  return difference ? { outdated: difference } : { ...issued, key: keyBlock(key) };
}

/** A root's key may be a link to a medium that is taken away when nothing has to be signed. */
const keptElsewhere = ({ signer }: PlannedCertificate, key: IssuedFile | undefined) =>
  !signer && key !== undefined && 'problem' in key && key.problem === 'ENOENT';

function unreadable(name: string, text: string): Problem {
  if (!looksLikeDer(text)) return { problem: 'is not a complete PEM certificate' };
  return {
    problem: 'is not PEM but the binary form DER',
    remedy: `convert it with \`openssl x509 -inform DER -in ${name} -out ${name}.new\`, then \`mv ${name}.new ${name}\``,
  };
}

const encrypted = (name: string): Problem => ({
  problem: 'is encrypted, and nobody could give a passphrase to the pod that reads it',
  remedy: `decrypt it with \`openssl pkey -in ${name} -out ${name}.new\`, then \`mv ${name}.new ${name}\``,
});

function textOf(name: string, file: IssuedFile): string | Refusal {
  if ('text' in file) return file.text;
  return { file: name, problem: `cannot be read (${file.problem})`, remedy: 'make it a readable file' };
}

/** The private key of a PEM text; undefined when it cannot be read, or not with this passphrase. */
export function parseKey(pem: string, passphrase?: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch {
    return undefined;
  }
}

function outOfTime({ validFrom, validTo }: X509Certificate, now: Date): string | undefined {
  const [from, to] = [new Date(validFrom), new Date(validTo)];
  if (to <= now) return `expired at ${to.toISOString()}`;
  if (from <= now) return undefined;
  return `is not valid before ${from.toISOString()}, and this machine's clock says ${now.toISOString()}`;
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

/** What a NATS certificate says that differs from the plan. A root says nothing that depends on the topology. */
function differenceOf(planned: PlannedCertificate, certificate: X509Certificate): string | undefined {
  if (planned.permitted) {
    const wanted = nameConstraints(planned.permitted);
    const has = extension(certificate, 'nameConstraints')?.whole;
    return has?.equals(der.toBuffer(wanted))
      ? undefined
      : 'it may sign for other names than the topology has';
  }
  if (planned.pathLength !== undefined) return undefined;
  const names = (planned.names ?? []).map(canonicalName).sort();
  const uses = (planned.purposes ?? []).map((use) => OID[use]).sort();
  if (certificate.subject !== `CN=${planned.commonName}`) return 'its subject differs from the topology';
  if (String(subjectAltNames(certificate)) !== String(names)) return 'its names differ from the topology';
  if (String(purposes(certificate)) !== String(uses)) return 'its purposes differ from the topology';
  return undefined;
}
