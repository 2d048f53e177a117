/**
 * A root that is not there, while something is that it signed or should have signed. A cluster gets an anchor of its own in the
 * stages of any other rotation: the one that it has shared becomes its own, and is replaced. So nobody meets a certificate
 * that he does not trust yet. The way back has the same stages.
 */

import { ANCHOR, ownAnchor } from '../../model/names.ts';
import { certsLine } from '../../terminal/shown-command.ts';
import type { CredentialPlan, PlannedCertificate } from '../plan.ts';
import { parseCertificate } from '../x509/read-certificate.ts';
import type { Refusal } from './check-certificate.ts';
import type { IssuedFile, IssuedFiles } from './folder.ts';
import { signedBy } from './remedies.ts';
import { rotateWords } from './roots.ts';

/** A root that is missing while something that it signed is there: a new root would make that worthless. */
export function orphaned(
  planned: PlannedCertificate,
  plan: CredentialPlan,
  files: IssuedFiles,
  folder: string,
): Refusal | undefined {
  if (planned.signer) return undefined;
  if (sharedSoFar(planned, plan, files)) {
    const move = certsLine(folder, rotateWords(planned));
    return {
      file: `${planned.name}.crt`,
      problem: `is missing, because ${planned.cluster} has shared ${ANCHOR}.crt so far`,
      remedy: `run \`${move}\`, which gives it an anchor of its own in stages`,
    };
  }
  const children = signedBy(planned.name, plan).filter(
    (child) => files.has(`${child.name}.crt`) && !ownSoFar(child, files),
  );
  if (children.length === 0) return undefined;
  return { file: `${planned.name}.crt`, problem: 'is missing, but certificates that it signed are there' };
}

/**
 * The files that an anchor of one cluster begins with, where it is not there and the shared one has signed the issuer of
 * that cluster; `undefined` everywhere else.
 */
export function sharedSoFar(
  { name, cluster }: PlannedCertificate,
  plan: CredentialPlan,
  files: IssuedFiles,
): IssuedFiles | undefined {
  if (!cluster || files.has(`${name}.crt`)) return undefined;
  if (!signedBy(name, plan).some((issuer) => hasSigned(ANCHOR, issuer.name, files))) return undefined;
  return new Map(
    ['crt', 'key'].flatMap((ending) => {
      const file = files.get(`${ANCHOR}.${ending}`);
      return file ? [[`${name}.${ending}`, file] as const] : [];
    }),
  );
}

/** The files as if every cluster that has to leave the shared anchor had a copy of it. */
export const withCopies = (plan: CredentialPlan, files: IssuedFiles): IssuedFiles =>
  new Map([...files, ...plan.certificates.flatMap((one) => [...(sharedSoFar(one, plan, files) ?? [])])]);

/** What to do about an issuer that the anchor of its cluster has signed, where the cluster is to share one. */
export function remedyOfOwn(planned: PlannedCertificate, files: IssuedFiles): string | undefined {
  const cluster = ownSoFar(planned, files);
  return cluster === undefined
    ? undefined
    : `give ${cluster} \`trustAnchor: 'own'\` again, because ${ownAnchor(cluster)}.crt signed it; how it comes to share ${ANCHOR}.crt without an outage is in docs/certificates.md`;
}

/** The cluster whose own anchor has signed an issuer that the shared one is to sign. */
function ownSoFar({ name, signer }: PlannedCertificate, files: IssuedFiles): string | undefined {
  if (signer !== ANCHOR) return undefined;
  const ending = `${ownAnchor('')}.crt`;
  return [...files.keys()]
    .flatMap((file) => (file.endsWith(ending) ? file.slice(0, -ending.length) : []))
    .find((cluster) => hasSigned(ownAnchor(cluster), name, files));
}

/** Whether one certificate of the folder has signed another. */
function hasSigned(ca: string, name: string, files: IssuedFiles): boolean {
  const [signer, signed] = [ca, name].map((each) => certificateIn(files.get(`${each}.crt`)));
  return Boolean(signer && signed?.checkIssued(signer) && signed.verify(signer.publicKey));
}

const certificateIn = (file: IssuedFile | undefined) =>
  file && 'text' in file ? parseCertificate(file.text) : undefined;
