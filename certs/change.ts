/** How the set of credentials changes: everything that a run mints, writes and removes goes in at once. */
import { type Inventory, refuseFindings, takeStock } from './check.ts';
import { withLock } from './lock.ts';
import type { AskPassphrase } from './open-key.ts';
import { formatPasswords, PASSWORDS, randomPassword } from './passwords.ts';
import { ANCHOR, type CredentialPlan, type PlannedCertificate } from './plan.ts';
import { progress } from './progress.ts';
import { ANCHOR_BUNDLE, stageOf, trustedRoots } from './roots.ts';
import { settle } from './sets.ts';
import { Signers } from './signers.ts';
import { type FileChanges, type IssuedFiles, readIssued, writeIssued } from './store.ts';
import { createCertificate, generateKey, keyPem, type Signer } from './x509.ts';
import { parseCertificate, signerOf } from './x509-read.ts';

const HOUR = 3_600_000;
/** In milliseconds. */
export const DAY = 24 * HOUR;

/** How far certificates are dated back, in milliseconds: a VM whose clock is slow by less takes a new one at once. */
export const BACKDATE = HOUR;

export interface ChangeOptions {
  /** @default - the present */
  readonly now?: Date;
  /** Takes what the run has to say, line by line. @default - nothing is said */
  readonly log?: (line: string) => void;
  /** Asked when an encrypted CA key has to sign. @default - such a key is refused */
  readonly askPassphrase?: AskPassphrase;
}

/** What to do beside adding what is missing. */
export interface Edit {
  /** The stock to complete: whatever is not in it is minted anew. */
  readonly stock: Inventory;
  /** Files to write, or with `undefined` to remove. */
  readonly files?: FileChanges;
}

/** The stock on both sides of a change. */
export interface Changed {
  /** As the edit left it, before anything was minted. */
  readonly before: Inventory;
  /** As it is on the disk now, judged anew. */
  readonly after: Inventory;
}

/** Spoilt ones are not among them, nor what a spoilt CA signed: neither is replaced unasked. */
export function missingCertificates(plan: CredentialPlan, { issued, findings }: Inventory) {
  const spoilt = new Set(findings.map(({ file }) => file.replace(/\.(crt|key)$/, '')));
  return plan.certificates.filter(
    ({ name, signer }) => !issued.has(name) && !spoilt.has(name) && !spoilt.has(signer ?? ''),
  );
}

export const missingPasswords = (plan: CredentialPlan, { passwords }: Inventory) =>
  plan.passwords.filter((name) => !Object.hasOwn(passwords, name));

/** Whether nothing would have to be minted or written. */
export const isComplete = (plan: CredentialPlan, stock: Inventory, files: IssuedFiles) =>
  missingCertificates(plan, stock).length + missingPasswords(plan, stock).length === 0 &&
  (!stageOf(ANCHOR, stock.issued) || files.has(ANCHOR_BUNDLE));

/**
 * Makes an edit of the stock and then mints all that the plan wants and the edited stock lacks, under the lock. The
 * folder changes as a whole or not at all.
 * @param edit is given the stock as it is, findings about what the roots signed included, and refuses those that stand
 * in its way
 * @throws InvalidInput when the edit refuses, when a root or a list cannot be used, when a CA key is needed that is not
 * there, or when another run holds the lock
 */
export function changeSet(
  plan: CredentialPlan,
  folder: string,
  options: ChangeOptions,
  edit: (stock: Inventory) => Edit,
): Changed {
  const { now = new Date(), log = () => {} } = options;
  return withLock(folder, () => {
    settle(folder);
    const old = readIssued(folder);
    const found = takeStock(plan, old, now, folder);
    refuseFindings({ findings: found.findings.filter(({ file }) => !isSigned(plan, file)) }, folder);
    const { stock: before, files = new Map() } = edit(found);
    const changes = new Map([...files, ...mintMissing(plan, before, folder, { ...options, now, log })]);
    if (!isComplete(plan, before, old) || changes.size > 0) addDerived(plan, before, changes);
    if (changes.size > 0) writeIssued(folder, changes, progress('writing files', changes.size, log));
    return { before, after: takeStock(plan, readIssued(folder), now, folder) };
  });
}

/** Whether a file is one half of a certificate that a root signs. */
const isSigned = ({ certificates }: CredentialPlan, file: string) =>
  certificates.some(({ name, signer }) => signer && [`${name}.crt`, `${name}.key`].includes(file));

/** Passwords and the anchor bundle, which are one file each. */
function addDerived(plan: CredentialPlan, stock: Inventory, changes: Map<string, string | undefined>) {
  const missing = missingPasswords(plan, stock);
  if (missing.length > 0) {
    const added = Object.fromEntries(missing.map((name) => [name, randomPassword()]));
    changes.set(PASSWORDS, formatPasswords({ ...stock.passwords, ...added }));
  }
  if (stageOf(ANCHOR, stock.issued)) changes.set(ANCHOR_BUNDLE, trustedRoots(ANCHOR, stock.issued));
}

function mintMissing(
  plan: CredentialPlan,
  stock: Inventory,
  folder: string,
  { now, log, askPassphrase }: ChangeOptions & { now: Date; log: (line: string) => void },
): FileChanges {
  const changes = new Map<string, string>();
  const missing = missingCertificates(plan, stock);
  const report = progress('minting certificates', missing.length, log);
  const signers = new Signers(stock.issued, folder, askPassphrase);
  for (const [index, planned] of missing.entries()) {
    const signer = planned.signer ? signers.get(planned.signer, planned.name) : undefined;
    const reason = stock.outdated.get(planned.name);
    if (reason) log(`${planned.name}: minted anew, because ${reason}`);
    const minted = mintPair(planned, signer, now);
    changes.set(`${planned.name}.crt`, minted.crt);
    changes.set(`${planned.name}.key`, minted.key);
    if (!planned.signer) signers.add(planned.name, minted.asSigner());
    report(index + 1);
  }
  return changes;
}

/** A new key, encrypted where there is a passphrase, and its certificate. */
export function mintPair(
  planned: PlannedCertificate,
  signer: Signer | undefined,
  now: Date,
  passphrase?: string,
) {
  const privateKey = generateKey();
  const crt = createCertificate({ ...planned, ...validity(planned, signer, now) }, privateKey, signer);
  return {
    crt,
    key: keyPem(privateKey, passphrase),
    asSigner: () => signerOf(parseCertificate(crt)!, privateKey),
  };
}

/** Nothing outlives the CA that signed it. */
function validity(planned: PlannedCertificate, signer: Signer | undefined, now: Date) {
  const end = now.getTime() + planned.days * DAY;
  const notAfter = new Date(Math.min(end, signer?.notAfter.getTime() ?? end));
  return { notBefore: new Date(now.getTime() - BACKDATE), notAfter };
}
