/** What to do about files that cannot be used. */
import type { Finding } from './check.ts';
import type { Refusal } from './check-certificate.ts';
import { PASSWORDS } from './passwords.ts';
import type { CredentialPlan, PlannedCertificate } from './plan.ts';
import { REVOKED } from './revoked.ts';
import { certsLine } from './shown-command.ts';

/** The certificates that a CA signs. */
export const signedBy = (ca: string, { certificates }: CredentialPlan) =>
  certificates.filter(({ signer }) => signer === ca);

/** What to do about a certificate, or its key, where the refusal does not say it itself. */
export function remedyFor(
  { name, signer }: PlannedCertificate,
  plan: CredentialPlan,
  folder: string,
  { expired }: Refusal,
): string {
  const mint = certsLine(folder);
  if (signer && expired) {
    return `run \`${certsLine(folder, 'rotate expiring')}\`, which renews all that has expired`;
  }
  if (signer) return `delete ${name}.crt and ${name}.key and run \`${mint}\`, which mints both anew`;
  const restore = expired ? '' : 'restore it from your backup, or ';
  if (!plan.certificates.some((root) => root.name === name)) {
    return `${restore}move it and its key elsewhere to end the rotation that it is part of`;
  }
  const signed = signedBy(name, plan).map((child) => `${child.name}.*`);
  const some = signed.length > 4 ? [...signed.slice(0, 3), `${signed.length - 3} more`] : signed;
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
