import { say as log } from '../terminal/say.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { table } from '../terminal/table.ts';
import { namesOf } from './check-report.ts';
import { type CommandCall, print } from './command.ts';
import { mint } from './mint.ts';
import { credentialPlan } from './plan.ts';
import { linkerdLines } from './runbook/linkerd-install.ts';
import { DAY } from './store/transaction.ts';

/** Mints what is missing, then prints what there is and how to install Linkerd with it. */
export function mintCommand({ model, folder, askPassphrase }: CommandCall): void {
  const now = new Date();
  const { kept, minted, renewed, unused, inventory } = mint(model, folder, { now, log, askPassphrase });
  const shown = shownPath(folder);
  print([`${shown}: ${minted.length} minted, ${renewed.length} minted anew, ${kept.length} kept`, '']);
  const plan = credentialPlan(model);
  const rows = plan.certificates.map((planned) => {
    const { certificate } = inventory.issued.get(planned.name)!;
    const { subject, signedBy } = namesOf(planned, certificate);
    const days = Math.floor((Date.parse(certificate.validTo) - now.getTime()) / DAY);
    return [`${planned.name}.crt`, subject, planned.signer ? `${signedBy}.crt` : signedBy, String(days)];
  });
  print([...table([['FILE', 'SUBJECT', 'SIGNED BY', 'DAYS LEFT'], ...rows]), '']);
  if (unused.length > 0) print(['Not in use, and kept:', ...unused.map((name) => `  ${name}`), '']);
  for (const { cluster, lines } of linkerdLines(model, shown, inventory.issued)) {
    print([`# Linkerd on ${cluster}`, ...lines, '']);
  }
}
