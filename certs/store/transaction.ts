/** How the set of credentials changes: everything that a run mints, writes and removes goes in at once. */
import { progress } from '../../terminal/progress.ts';
import type { Say } from '../../terminal/say.ts';
import type { CredentialPlan, PlannedCertificate } from '../plan.ts';
import { Signers } from '../signers.ts';
import { createCertificate, generateKey, keyPem, type Signer } from '../x509/certificate.ts';
import type { AskPassphrase } from '../x509/private-key.ts';
import { type Issued, unparsed } from './check-certificate.ts';
import { type FileChanges, type IssuedFiles, readIssued, writeIssued } from './folder.ts';
import { type Inventory, refuseFindings, takeInventory } from './inventory.ts';
import { withLock } from './lock.ts';
import { HASHES, hashesOf } from './password-hashes.ts';
import { formatPasswords, PASSWORDS, randomPassword } from './passwords.ts';
import { anchorBundles, missingBundles } from './roots.ts';
import { settle } from './sets.ts';

const HOUR = 3_600_000;
/** In milliseconds. */
export const DAY = 24 * HOUR;

/** How far certificates are dated back, in milliseconds: a VM whose clock is slow by less takes a new one at once. */
export const BACKDATE = HOUR;

export interface ChangeOptions {
  /** @default - the present */
  readonly now?: Date;
  /** Takes what the run has to say, line by line. @default - nothing is said */
  readonly log?: Say;
  /** Asked when an encrypted CA key has to sign. @default - such a key is refused */
  readonly askPassphrase?: AskPassphrase;
}

/** How to look at the files before a change. @default - as they are */
type Look = (files: IssuedFiles) => IssuedFiles;

/** What to do beside adding what is missing. */
export interface Edit {
  /** The inventory to complete: whatever is not in it is minted anew. */
  readonly inventory: Inventory;
  /** Files to write, or with `undefined` to remove. */
  readonly files?: FileChanges;
}

/** The inventory on both sides of a change. */
export interface Changed {
  /** As the edit left it, before anything was minted. */
  readonly before: Inventory;
  /** As it is on the disk now. */
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
export const isComplete = (plan: CredentialPlan, inventory: Inventory, files: IssuedFiles) =>
  missingCertificates(plan, inventory).length + missingPasswords(plan, inventory).length === 0 &&
  hashesOf(plan.passwords, inventory.passwords, inventory.hashes) === inventory.hashes &&
  missingBundles(plan, inventory.issued, files).length === 0;

/**
 * Makes an edit of the inventory and then mints all that the plan wants and the edited inventory lacks, under the lock. The
 * folder changes as a whole or not at all.
 * @param edit is given the inventory as it is, findings about what the roots signed included, and refuses those that stand
 * in its way
 * @param look - what to take for the files when the inventory is taken; nothing of that is written
 * @throws InvalidInput when the edit refuses, when a root or a list cannot be used, when a CA key is needed that is not
 * there, or when another run holds the lock
 */
export function changeSet(
  plan: CredentialPlan,
  folder: string,
  options: ChangeOptions,
  edit: (inventory: Inventory) => Edit,
  look: Look = (files) => files,
): Changed {
  const { now = new Date(), log = () => {} } = options;
  return withLock(folder, () => {
    settle(folder);
    const old = readIssued(folder);
    const found = takeInventory(plan, look(old), now, folder);
    refuseFindings({ findings: found.findings.filter(({ file }) => !isSigned(plan, file)) }, folder);
    const { inventory: before, files = new Map() } = edit(found);
    const after = mintMissing(plan, before, folder, { ...options, now, log });
    const changes = new Map([...files, ...mintedFiles(plan, before, after)]);
    const edited = changes.size > 0 || !isComplete(plan, before, old);
    if (edited) for (const [file, text] of anchorBundles(plan, after.issued)) changes.set(file, text);
    if (changes.size > 0) writeIssued(folder, changes, progress('writing files', changes.size, log));
    return { before, after };
  });
}

/** Whether a file is one half of a certificate that a root signs. */
const isSigned = ({ certificates }: CredentialPlan, file: string) =>
  certificates.some(({ name, signer }) => signer && [`${name}.crt`, `${name}.key`].includes(file));

/** The inventory with all that the plan wants. */
function mintMissing(
  plan: CredentialPlan,
  inventory: Inventory,
  folder: string,
  { now, log, askPassphrase }: ChangeOptions & { now: Date; log: Say },
): Inventory {
  const issued = new Map(inventory.issued);
  const outdated = new Map(inventory.outdated);
  const untimely = new Map(inventory.untimely);
  const missing = missingCertificates(plan, inventory);
  const report = progress('minting certificates', missing.length, log);
  const signers = new Signers(issued, folder, askPassphrase);
  for (const [index, planned] of missing.entries()) {
    const { name } = planned;
    const signer = planned.signer ? signers.get(planned.signer, name) : undefined;
    const reason = outdated.get(name);
    if (reason) log(`${name}: minted anew, because ${reason}`);
    issued.set(name, mintPair(planned, signer, now));
    outdated.delete(name);
    untimely.delete(name);

    report(index + 1);
  }
  const added = missingPasswords(plan, inventory).map((name) => [name, randomPassword()] as const);
  const passwords = { ...inventory.passwords, ...Object.fromEntries(added) };
  return {
    ...inventory,
    issued,
    outdated,
    untimely,
    passwords,
    hashes: hashesOf(plan.passwords, passwords, inventory.hashes),
  };
}

/** What has to be written after minting. */
function mintedFiles(plan: CredentialPlan, before: Inventory, after: Inventory): FileChanges {
  const changes = new Map<string, string | undefined>();
  for (const { name } of missingCertificates(plan, before)) {
    changes.set(`${name}.crt`, after.issued.get(name)?.crt);
    changes.set(`${name}.key`, after.issued.get(name)?.key);
  }
  if (missingPasswords(plan, before).length > 0) changes.set(PASSWORDS, formatPasswords(after.passwords));
  if (after.hashes !== before.hashes) changes.set(HASHES, formatPasswords(after.hashes));
  return changes;
}

/**
 * A new key, encrypted where there is a passphrase, and its certificate.
 */
export function mintPair(
  planned: PlannedCertificate,
  signer: Signer | undefined,
  now: Date,
  passphrase?: string,
): Issued {
  const privateKey = generateKey();
  const crt = createCertificate({ ...planned, ...validity(planned, signer, now) }, privateKey, signer);
  return unparsed(planned.name, crt, keyPem(privateKey, passphrase));
}

/** Nothing outlives the CA that signed it. */
function validity(planned: PlannedCertificate, signer: Signer | undefined, now: Date) {
  const end = now.getTime() + planned.days * DAY;
  const notAfter = new Date(Math.min(end, signer?.notAfter.getTime() ?? end));
  return { notBefore: new Date(now.getTime() - BACKDATE), notAfter };
}
