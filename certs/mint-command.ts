import type { Topology } from '../model/topology.ts';
import { takeStock } from './check.ts';
import { linkerdLines } from './linkerd-lines.ts';
import { mint } from './mint.ts';
import { credentialPlan } from './plan.ts';
import { shownPath } from './shown-path.ts';
import { readIssued } from './store.ts';
import { table } from './table.ts';

const DAY = 86_400_000;

/** Mints what is missing, then prints what there is and how to install Linkerd with it. */
export function mintCommand(topology: Topology, folder: string) {
  const now = new Date();
  const { kept, minted, renewed, unused } = mint(topology, folder, {
    now,
    log: (line) => console.error(line),
  });
  const shown = shownPath(folder);
  const print = (lines: readonly string[]) => console.log(lines.join('\n'));
  print([`${shown}: ${minted.length} minted, ${renewed.length} minted anew, ${kept.length} kept`, '']);
  print([...certificateTable(topology, folder, now), '']);
  if (unused.length > 0) print(['Not in use, and kept:', ...unused.map((name) => `  ${name}`), '']);
  for (const { cluster, lines } of linkerdLines(topology, shown)) {
    print([`# Linkerd on ${cluster}`, ...lines, '']);
  }
}

function certificateTable(topology: Topology, folder: string, now: Date): string[] {
  const plan = credentialPlan(topology);
  const { issued } = takeStock(plan, readIssued(folder), now);
  const rows = plan.certificates.map(({ name, signer }) => {
    const { certificate } = issued.get(name)!;
    const days = Math.floor((Date.parse(certificate.validTo) - now.getTime()) / DAY);
    return [`${name}.crt`, certificate.subject, signer ? `${signer}.crt` : 'itself', String(days)];
  });
  return table([['FILE', 'SUBJECT', 'SIGNED BY', 'DAYS LEFT'], ...rows]);
}
