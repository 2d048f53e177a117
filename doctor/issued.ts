import { missingCertificates, missingPasswords } from '../certs/change.ts';
import { findingLine, type Inventory, takeStock } from '../certs/check.ts';
import { credentialsOf } from '../certs/credentials.ts';
import { credentialPlan } from '../certs/plan.ts';
import { certsLine } from '../certs/shown-command.ts';
import { shownPath } from '../certs/shown-path.ts';
import { readIssued } from '../certs/store.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Topology } from '../model/topology.ts';

/** What `npm run certs` keeps on this machine. */
export interface Issued {
  readonly credentials: Credentials;
  readonly stock: Inventory;
}

/** The credentials of the folder, or why they are of no use. */
export function issuedIn(folder: string, topology: Topology, now: Date): Issued | string {
  const files = readIssued(folder);
  if (files.size === 0) return `${shownPath(folder)} is not here`;
  const plan = credentialPlan(topology);
  const stock = takeStock(plan, files, now, folder);
  const [finding] = stock.findings;
  if (finding) return findingLine(finding, folder).slice(0, -1);
  const [lacking] = [
    ...missingCertificates(plan, stock).map(({ name }) => name),
    ...missingPasswords(plan, stock),
  ];
  if (lacking !== undefined)
    return `${shownPath(folder)} has no ${lacking} that fits the topology; run \`${certsLine(folder)}\``;
  return { credentials: credentialsOf(topology, stock), stock };
}
