import { red, yellow } from '../terminal/colour.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { table } from '../terminal/table.ts';
import { type CertificateReport, type Report, report } from './check-report.ts';
import type { CommandCall } from './command.ts';
import { type CredentialPlan, credentialPlan, delegating } from './plan.ts';
import { findSecretRefs } from './secret-refs.ts';
import { looseModes, nestedFolders, readIssued } from './store/folder.ts';
import { takeInventory } from './store/inventory.ts';
import { missingBundles, rootsOf, rotateWords } from './store/roots.ts';
import { isRoot } from './x509/profile.ts';

/** Exit codes, for a cron job or CI: the worst that was found. */
export const FINE = 0;
export const WRONG = 1;
export const ENDS_SOON = 3;

/** Within how many days a certificate is said to end soon, unless the call says otherwise. */
const DAYS = 60;

/**
 * Says what there is, how long it lasts and what is wrong with it. It changes nothing. With `live` it asks the clusters
 * for what cert-manager has made there, too.
 * @returns the exit code
 */
export async function checkCommand(call: CommandCall): Promise<number> {
  const { model, folder, days = DAYS, json, live, contexts = [] } = call;
  const now = new Date();
  const plan = credentialPlan(model);
  const files = readIssued(folder);
  const inventory = takeInventory(plan, files, now, folder);
  const own = report({
    ...{ model, plan, folder, now, days, inventory },
    secretRefs: findSecretRefs(model),
    loose: looseModes(folder),
    nested: nestedFolders(folder),
    missingBundles: missingBundles(plan, inventory.issued, files),
  });
  const result = await withOthers(own, call, live ? { contexts, now } : undefined);
  console.log(json ? JSON.stringify(result, undefined, 2) : lines(result, plan, folder, days).join('\n'));
  if (result.problems.length > 0) return WRONG;
  return result.expiring.length > 0 ? ENDS_SOON : FINE;
}

/** What cert-manager has made, or where it is to be asked for. */
async function withOthers(
  own: Report,
  { model }: CommandCall,
  asking: { readonly contexts: readonly string[]; readonly now: Date } | undefined,
): Promise<Report> {
  const elsewhere = delegating(model);
  if (elsewhere.length === 0) return own;
  if (!asking) {
    const names = elsewhere.join(', ');
    return {
      ...own,
      notes: [...own.notes, `${names}: cert-manager makes certificates there; --live asks for them too.`],
    };
  }
  // The Kubernetes client takes longer to load than all else.
  const { liveCertificates } = await import('./live-certificates.ts');
  const others = await liveCertificates(model, asking.contexts, asking.now);
  return {
    ...own,
    certificates: [...own.certificates, ...others.certificates],
    problems: [...own.problems, ...others.problems],
  };
}

function lines(result: Report, plan: CredentialPlan, folder: string, days: number): string[] {
  const { certificates, passwords, problems, expiring } = result;
  const rows = certificates.map((certificate) => [...cells(certificate), where(certificate.carriedBy)]);
  const [head, ...body] = table([
    ['ROLE', 'CERTIFICATE', 'SUBJECT', 'SIGNED BY', 'FROM', 'TO', 'DAYS LEFT', 'CARRIED BY'],
    ...rows,
  ]);
  const coloured = body.map((line, i) => {
    const { name, daysLeft } = certificates[i]!;
    if (daysLeft < 0) return red(line);
    return expiring.includes(name) ? yellow(line) : line;
  });
  return [
    ...[head!, ...coloured, ''],
    ...table([
      ['PASSWORD', 'CARRIED BY'],
      ...passwords.map(({ name, carriedBy }) => [name, where(carriedBy)]),
    ]),
    '',
    ...Object.entries(result.rotations).map(
      ([root, stage]) => `${root}: its rotation has reached the stage ${stage}; see docs/certificates.md`,
    ),
    ...result.revoked.map((cluster) => `${cluster}: its leaf is revoked`),
    ...result.notes.map(yellow),
    ...problems.map(red),
    ...renewals(result, plan, folder, days),
    `${shownPath(folder)}: ${certificates.length} certificates and ${passwords.length} passwords, ${problems.length} problems, ${expiring.length} certificates end within ${days} days`,
  ];
}

/** What renews the certificates that end soon. */
function renewals(
  { certificates, expiring, rotations }: Report,
  plan: CredentialPlan,
  folder: string,
  days: number,
): string[] {
  const roots = rootsOf(plan).filter(({ name }) => expiring.includes(name) && !rotations[name]);
  const others = certificates.filter(({ name, role }) => expiring.includes(name) && !isRoot(role));
  const line = (names: string, words: string) => `${names}: renew with ${certsLine(folder, words)}`;
  return [
    ...(others.length > 0 ? [line(listed(others), `rotate expiring --days ${days}`)] : []),
    ...roots.map((root) => line(`${root.name}, in stages`, rotateWords(root))),
  ];
}

const listed = (all: readonly { readonly name: string }[]) =>
  `${all
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ')}${all.length > 3 ? ` and ${all.length - 3} more` : ''}`;

function cells({ role, name, subject, signedBy, from, to, daysLeft }: CertificateReport): string[] {
  return [role, name, subject, signedBy, from.slice(0, 10), to.slice(0, 10), String(daysLeft)];
}

/** The first place, and how many more there are. */
function where([first = 'nothing: for use outside the clusters', ...more]: readonly string[]): string {
  return more.length > 0 ? `${first} and ${more.length} more` : first;
}
