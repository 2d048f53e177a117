/** What to do about files that cannot be used. */

import { certsLine } from '../../terminal/shown-command.ts';
import type { CredentialPlan, PlannedCertificate } from '../plan.ts';
import type { Refusal } from './check-certificate.ts';
import type { IssuedFiles } from './folder.ts';
import type { Finding } from './inventory.ts';
import { PASSWORDS } from './passwords.ts';
import { REVOKED } from './revoked.ts';

/** The certificates that a CA signs. */
export const signedBy = (ca: string, { certificates }: CredentialPlan) =>
  certificates.filter(({ signer }) => signer === ca);

/** What to do about a certificate, or its key, where the refusal does not say it itself. */
export function remedyFor(
  { name, signer }: PlannedCertificate,
  plan: CredentialPlan,
  folder: string,
  files: IssuedFiles,
  { problem, untimely }: Refusal,
): string {
  const mint = certsLine(folder);
  const expired = untimely && problem.startsWith('expired');
  const clock = untimely && !expired ? 'set the clock right if it is wrong, or ' : '';
  if (signer && untimely) {
    const all = expired ? 'all that has expired' : 'it';
    return `${clock}run \`${certsLine(folder, 'rotate expiring')}\`, which renews ${all}`;
  }
  if (signer) return `delete ${name}.crt and ${name}.key and run \`${mint}\`, which mints both anew`;
  const signed = signedBy(name, plan);
  if (!untimely && !signed.some((child) => files.has(`${child.name}.crt`)) && files.has(`${name}.crt`)) {
    return `put one that fits in its place, or delete ${name}.* and run \`${mint}\`, which mints one`;
  }
  const restore = expired ? '' : `${clock}restore it from your backup, or `;
  if (!plan.certificates.some((root) => root.name === name)) {
    return `${restore}move it and its key elsewhere to end the rotation that it is part of`;
  }
  const names = signed.map((child) => `${child.name}.*`);
  const some = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const all = [`${name}.*`, ...some].join(', ');
  return `${restore}delete it and all that it signed (${all}) and run \`${mint}\``;
}

export const badPasswords = (folder: string): Finding => ({
  file: PASSWORDS,
  problem: 'is not one JSON object of non-empty strings',
  remedy: `restore it from your backup, or delete it and run \`${certsLine(folder)}\`, which makes every password anew`,
});

export const badRevoked: Finding = {
  file: REVOKED,
  problem: 'is not one JSON list of cluster names',
  remedy: 'restore it from your backup, or write the list of the revoked leaf clusters into it',
};
