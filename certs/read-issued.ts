import { InvalidInput } from '../model/checks.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Model } from '../model/model.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { credentialsOf } from './credentials.ts';
import { credentialPlan } from './plan.ts';
import { type IssuedFiles, readIssued } from './store/folder.ts';
import { findingLine, type Inventory, takeInventory } from './store/inventory.ts';
import { missingCertificates, missingPasswords } from './store/transaction.ts';

/** What `npm run certs` keeps on this machine. */
export interface Issued {
  readonly credentials: Credentials;
  readonly inventory: Inventory;
}

/** The credentials of the folder, or why they are of no use. */
export function issuedIn(folder: string, model: Model, now: Date): Issued | string {
  let files: IssuedFiles;
  try {
    files = readIssued(folder);
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    return `${shownPath(folder)} cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  if (files.size === 0) return `${shownPath(folder)} is not here`;
  const plan = credentialPlan(model);
  const inventory = takeInventory(plan, files, now, folder);
  const [finding] = inventory.findings;
  if (finding) return findingLine(finding, folder).slice(0, -1);
  const [lacking] = [
    ...missingCertificates(plan, inventory).map(({ name }) => name),
    ...missingPasswords(plan, inventory),
  ];
  if (lacking !== undefined)
    return `${shownPath(folder)} has no ${lacking} that fits the topology; run \`${certsLine(folder)}\``;
  return { credentials: credentialsOf(model, inventory), inventory };
}
