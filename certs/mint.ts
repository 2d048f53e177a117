import type { Model } from '../model/model.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { type CredentialPlan, credentialPlan } from './plan.ts';
import { readIssued, tightenModes } from './store/folder.ts';
import { type Inventory, refuseFindings, takeInventory } from './store/inventory.ts';
import { isSettled } from './store/sets.ts';
import {
  type ChangeOptions,
  changeSet,
  isComplete,
  missingCertificates,
  missingPasswords,
} from './store/transaction.ts';
import { Verdicts } from './store/verdicts.ts';

/** What a run did, by name of certificate or password. */
export interface MintResult {
  readonly kept: readonly string[];
  readonly minted: readonly string[];
  /** Certificates that were there and had to be minted anew. */
  readonly renewed: readonly string[];
  /** Files and passwords that the topology does not need. They stay. */
  readonly unused: readonly string[];
  /** All that the topology needs, as it is in the folder now. */
  readonly inventory: Inventory;
}

/**
 * Mints every certificate and password of the topology that the folder lacks, and keeps what is valid. NATS
 * certificates that no longer say what the topology says are minted anew. The folder changes as a whole or not at
 * all.
 * @throws InvalidInput when a file in the folder cannot be used, when a CA key is needed that is not there, or when
 * another run holds the lock
 */
export function mint(model: Model, folder: string, options: ChangeOptions = {}): MintResult {
  const { now = new Date(), log = () => {} } = options;
  const plan = credentialPlan(model);
  const complete = (found: Inventory) => {
    refuseFindings(found, folder);
    return { inventory: found };
  };
  const files = readIssued(folder);
  const verdicts = Verdicts.read(folder);
  const inventory = takeInventory(plan, files, now, folder, verdicts);
  refuseFindings(inventory, folder);
  const done = isComplete(plan, inventory, files) && isSettled(folder);
  const { before, after } = done
    ? { before: inventory, after: inventory }
    : changeSet(plan, folder, { ...options, now }, complete);
  // Judged once more as it is on the disk, so that the next run neither judges nor writes.
  if (!done) takeInventory(plan, readIssued(folder), now, folder, verdicts);
  verdicts.write();
  for (const path of tightenModes(folder))
    log(`${shownPath(path)}: others could read it; now only its owner can`);
  return { ...summary(plan, before), inventory: after };
}

/** What a run did that began with this inventory. */
function summary(plan: CredentialPlan, inventory: Inventory): Omit<MintResult, 'inventory'> {
  const lacking = missingCertificates(plan, inventory).map(({ name }) => name);
  const missing = new Set(missingPasswords(plan, inventory));
  return {
    kept: [...inventory.issued.keys(), ...plan.passwords.filter((name) => !missing.has(name))],
    minted: [...lacking.filter((name) => !inventory.outdated.has(name)), ...missing],
    renewed: [...inventory.outdated.keys()],
    unused: inventory.unused,
  };
}
