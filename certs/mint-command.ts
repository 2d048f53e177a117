import { say as log } from '../terminal/say.ts';
import { DAY } from './change.ts';
import { type CommandCall, print, UsageError } from './command.ts';
import { linkerdLines } from './linkerd-lines.ts';
import { mint } from './mint.ts';
import { credentialPlan } from './plan.ts';
import { namesOf } from './report.ts';
import { anchorsFile } from './roots.ts';
import { shownPath } from './shown-path.ts';
import { table } from './table.ts';

/** Mints what is missing, then prints what there is and how to install Linkerd with it. */
export function mintCommand({ topology, folder, args, askPassphrase }: CommandCall): void {
  if (args.length > 0) throw new UsageError();
  const now = new Date();
  const { kept, minted, renewed, unused, stock } = mint(topology, folder, { now, log, askPassphrase });
  const shown = shownPath(folder);
  print([`${shown}: ${minted.length} minted, ${renewed.length} minted anew, ${kept.length} kept`, '']);
  const plan = credentialPlan(topology);
  const rows = plan.certificates.map((planned) => {
    const { certificate } = stock.issued.get(planned.name)!;
    const { subject, signedBy } = namesOf(planned, certificate);
    const days = Math.floor((Date.parse(certificate.validTo) - now.getTime()) / DAY);
    return [`${planned.name}.crt`, subject, planned.signer ? `${signedBy}.crt` : signedBy, String(days)];
  });
  print([...table([['FILE', 'SUBJECT', 'SIGNED BY', 'DAYS LEFT'], ...rows]), '']);
  if (unused.length > 0) print(['Not in use, and kept:', ...unused.map((name) => `  ${name}`), '']);
  for (const { cluster, lines } of linkerdLines(topology, shown, anchorsFile(stock.issued))) {
    print([`# Linkerd on ${cluster}`, ...lines, '']);
  }
}
