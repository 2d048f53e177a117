import { join } from 'node:path';
import { InvalidInput } from '../model/checks.ts';
import type { Topology } from '../model/topology.ts';
import { type Inventory, refuseFindings, takeStock } from './check.ts';
import { parseKey } from './check-certificate.ts';
import { withLock } from './lock.ts';
import { formatPasswords, PASSWORDS, randomPassword } from './passwords.ts';
import { type CredentialPlan, credentialPlan, type PlannedCertificate } from './plan.ts';
import { progress } from './progress.ts';
import { isSettled, settle } from './sets.ts';
import { shownPath } from './shown-path.ts';
import { readIssued, tightenModes, writeIssued } from './store.ts';
import { createCertificate, generateKey, keyPem, type Signer } from './x509.ts';
import { parseCertificate, signerOf } from './x509-read.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How far certificates are dated back, in milliseconds: a VM whose clock is slow by less takes a new one at once. */
export const BACKDATE = HOUR;

export interface MintOptions {
  /** @default - the present */
  readonly now?: Date;
  /** Takes what the run has to say, line by line. @default - nothing is said */
  readonly log?: (line: string) => void;
}

/** What a run did, by name of certificate or password. */
export interface MintResult {
  readonly kept: readonly string[];
  readonly minted: readonly string[];
  /** Certificates that were there and had to be minted anew. */
  readonly renewed: readonly string[];
  /** Files and passwords that the topology does not need. They stay. */
  readonly unused: readonly string[];
}

/**
 * Mints every certificate and password of the topology that the folder lacks, and keeps what is valid. NATS
 * certificates that no longer say what the topology says are minted anew. The folder changes as a whole or not at
 * all.
 * @throws InvalidInput when a file in the folder cannot be used, when a CA key is needed that is not there, or when
 * another run holds the lock
 */
export function mint(topology: Topology, folder: string, options: MintOptions = {}): MintResult {
  const { now = new Date(), log = () => {} } = options;
  const plan = credentialPlan(topology);
  const stock = checkedStock(plan, folder, now);
  const done = isComplete(plan, stock) && isSettled(folder);
  const result = done ? summary(plan, stock) : withLock(folder, () => complete(plan, folder, now, log));
  for (const path of tightenModes(folder))
    log(`${shownPath(path)}: others could read it; now only its owner can`);
  return result;
}

function checkedStock(plan: CredentialPlan, folder: string, now: Date): Inventory {
  const stock = takeStock(plan, readIssued(folder), now);
  refuseFindings(stock, folder);
  return stock;
}

const missingCertificates = (plan: CredentialPlan, { issued }: Inventory) =>
  plan.certificates.filter(({ name }) => !issued.has(name));

const missingPasswords = (plan: CredentialPlan, { passwords }: Inventory) =>
  plan.passwords.filter((name) => !Object.hasOwn(passwords, name));

const isComplete = (plan: CredentialPlan, stock: Inventory) =>
  missingCertificates(plan, stock).length + missingPasswords(plan, stock).length === 0;

function complete(plan: CredentialPlan, folder: string, now: Date, log: (line: string) => void): MintResult {
  settle(folder);
  const stock = checkedStock(plan, folder, now);
  const changes = mintMissing(plan, stock, folder, now, log);
  const missing = missingPasswords(plan, stock);
  if (missing.length > 0) {
    const added = Object.fromEntries(missing.map((name) => [name, randomPassword()]));
    changes.set(PASSWORDS, formatPasswords({ ...stock.passwords, ...added }));
  }
  if (changes.size > 0) writeIssued(folder, changes, progress('writing files', changes.size, log));
  return summary(plan, stock);
}

function mintMissing(
  plan: CredentialPlan,
  stock: Inventory,
  folder: string,
  now: Date,
  log: (line: string) => void,
): Map<string, string> {
  const changes = new Map<string, string>();
  const missing = missingCertificates(plan, stock);
  const report = progress('minting certificates', missing.length, log);
  const signers = new Map<string, Signer>();
  for (const [index, planned] of missing.entries()) {
    const signer = planned.signer ? signerFor(planned.signer, planned, signers, stock, folder) : undefined;
    const reason = stock.outdated.get(planned.name);
    if (reason) log(`${planned.name}: minted anew, because ${reason}`);
    const privateKey = generateKey();
    const crt = createCertificate({ ...planned, ...validity(planned, signer, now) }, privateKey, signer);
    changes.set(`${planned.name}.crt`, crt);
    changes.set(`${planned.name}.key`, keyPem(privateKey));
    if (planned.pathLength !== undefined)
      signers.set(planned.name, signerOf(parseCertificate(crt)!, privateKey));
    report(index + 1);
  }
  return changes;
}

/** Nothing outlives the CA that signed it. */
function validity(planned: PlannedCertificate, signer: Signer | undefined, now: Date) {
  const end = now.getTime() + planned.days * DAY;
  const notAfter = new Date(Math.min(end, signer?.notAfter.getTime() ?? end));
  return { notBefore: new Date(now.getTime() - BACKDATE), notAfter };
}

function signerFor(
  name: string,
  planned: PlannedCertificate,
  signers: Map<string, Signer>,
  stock: Inventory,
  folder: string,
): Signer {
  const known = signers.get(name);
  if (known) return known;
  const ca = stock.issued.get(name);
  const privateKey = parseKey(ca?.key ?? '');
  if (!ca || !privateKey) {
    const file = shownPath(join(folder, `${name}.key`));
    throw new InvalidInput(
      `${file}: is missing, and ${planned.name}.crt has to be signed with it; put it back and run \`npm run certs\` again.`,
    );
  }
  const signer = signerOf(ca.certificate, privateKey);
  signers.set(name, signer);
  return signer;
}

/** What a run did that began with this stock. */
function summary(plan: CredentialPlan, stock: Inventory): MintResult {
  const lacking = missingCertificates(plan, stock).map(({ name }) => name);
  const missing = new Set(missingPasswords(plan, stock));
  return {
    kept: [...stock.issued.keys(), ...plan.passwords.filter((name) => !missing.has(name))],
    minted: [...lacking.filter((name) => !stock.outdated.has(name)), ...missing],
    renewed: [...stock.outdated.keys()],
    unused: stock.unused,
  };
}
