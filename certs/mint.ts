import type { Topology } from '../model/topology.ts';
import {
  type ChangeOptions,
  changeSet,
  isComplete,
  missingCertificates,
  missingPasswords,
} from './change.ts';
import { type Inventory, refuseFindings, takeStock } from './check.ts';
import { type CredentialPlan, credentialPlan } from './plan.ts';
import { isSettled } from './sets.ts';
import { shownPath } from './shown-path.ts';
import { readIssued, tightenModes } from './store.ts';

/** What a run did, by name of certificate or password. */
export interface MintResult {
  readonly kept: readonly string[];
  readonly minted: readonly string[];
  /** Certificates that were there and had to be minted anew. */
  readonly renewed: readonly string[];
  /** Files and passwords that the topology does not need. They stay. */
  readonly unused: readonly string[];
  /** All that the topology needs, as it is in the folder now. */
  readonly stock: Inventory;
}

/**
 * Mints every certificate and password of the topology that the folder lacks, and keeps what is valid. NATS
 * certificates that no longer say what the topology says are minted anew. The folder changes as a whole or not at
 * all.
 * @throws InvalidInput when a file in the folder cannot be used, when a CA key is needed that is not there, or when
 * another run holds the lock
 */
export function mint(topology: Topology, folder: string, options: ChangeOptions = {}): MintResult {
  const { now = new Date(), log = () => {} } = options;
  const plan = credentialPlan(topology);
  const complete = (found: Inventory) => {
    refuseFindings(found, folder);
    return { stock: found };
  };
  const files = readIssued(folder);
  const stock = takeStock(plan, files, now, folder);
  refuseFindings(stock, folder);
  const done = isComplete(plan, stock, files) && isSettled(folder);
  const { before, after } = done
    ? { before: stock, after: stock }
    : changeSet(plan, folder, { ...options, now }, complete);
  for (const path of tightenModes(folder))
    log(`${shownPath(path)}: others could read it; now only its owner can`);
  return { ...summary(plan, before), stock: after };
}

/** What a run did that began with this stock. */
function summary(plan: CredentialPlan, stock: Inventory): Omit<MintResult, 'stock'> {
  const lacking = missingCertificates(plan, stock).map(({ name }) => name);
  const missing = new Set(missingPasswords(plan, stock));
  return {
    kept: [...stock.issued.keys(), ...plan.passwords.filter((name) => !missing.has(name))],
    minted: [...lacking.filter((name) => !stock.outdated.has(name)), ...missing],
    renewed: [...stock.outdated.keys()],
    unused: stock.unused,
  };
}
