import { say as log } from '../terminal/say.ts';
import { findCarriers } from './carriers.ts';
import type { Inventory } from './check.ts';
import { type CommandCall, print, UsageError } from './command.ts';
import { EXPIRING } from './parse-call.ts';
import { ANCHOR } from './plan.ts';
import { renewalSteps } from './renewal-steps.ts';
import { anchorSteps, natsCaSteps } from './root-steps.ts';
import { anchorsFile, ROOTS, rotateWords } from './roots.ts';
import { type Renewal, renew, renewalOf, renewExpiring } from './rotate.ts';
import { rotateRoot } from './rotate-root.ts';
import { certsLine } from './shown-command.ts';
import { shownPath } from './shown-path.ts';
import { type StepsInput, tellMonitoring } from './steps.ts';

const NAMED = ['issuer', 'leaf', 'client', 'password'];

/** Within how many days a certificate ends that `rotate expiring` renews, unless the call says otherwise. */
const DAYS = 30;

/** Renews one part, or all that ends soon, and prints what is left to do. */
export function rotateCommand(call: CommandCall): void {
  const { args, confirmed } = call;
  const [part = '', name, ...rest] = args;
  const root = Object.hasOwn(ROOTS, part) ? ROOTS[part] : undefined;
  const takesName = NAMED.includes(part);
  if (rest.length > 0 || takesName !== (name !== undefined)) throw new UsageError();
  if (root) rotateStage(root, call);
  else if (confirmed !== undefined) throw new UsageError();
  else if (part === EXPIRING) rotateExpiring(call);
  else if (takesName || part === 'server') rotatePart(part, name ?? '', call);
  else throw new UsageError();
}

function rotatePart(part: string, name: string, call: CommandCall) {
  const { topology, folder, askPassphrase } = call;
  const renewal = renewalOf(topology, part, name);
  printRenewal(renewal, call, renew(topology, folder, renewal, { log, askPassphrase }));
}

function rotateExpiring(call: CommandCall) {
  const { topology, folder, days = DAYS, askPassphrase } = call;
  const { certificates, roots, stock } = renewExpiring(topology, folder, days, { log, askPassphrase });
  if (certificates.length > 0) printRenewal({ certificates }, call, stock);
  else print([`${shownPath(folder)}: no certificate but a root's ends within ${days} days`]);
  for (const root of roots) {
    print([
      `# ${root}.crt ends within ${days} days. It is replaced in stages: ${certsLine(folder, rotateWords(root))}`,
    ]);
  }
}

function printRenewal(renewal: Renewal, call: CommandCall, stock: Inventory) {
  const lines = [...(renewal.certificates ?? []), ...(renewal.passwords ?? [])].map((name) => {
    const serial = stock.issued.get(name)?.certificate.serialNumber;
    return `${name}: renewed${serial ? `, serial ${serial}` : ''}`;
  });
  print([...lines, '', ...renewalSteps(renewal, stepsInput(call, stock))]);
}

function rotateStage(root: string, call: CommandCall) {
  const { topology, folder, confirmed, askPassphrase } = call;
  const { reached, stock } = rotateRoot(topology, folder, root, confirmed, { log, askPassphrase });
  print([`${root}: the rotation has reached the stage ${reached}`, '']);
  const input = stepsInput(call, stock);
  print([
    ...(reached === 'switch' ? tellMonitoring(input) : []),
    ...(root === ANCHOR ? anchorSteps : natsCaSteps)(reached, input),
  ]);
}

/** What the steps need to know. @param stock - as it is after the change */
export const stepsInput = ({ topology, folder }: CommandCall, { issued }: Inventory): StepsInput => ({
  topology,
  carriers: findCarriers(topology),
  folder: shownPath(folder),
  anchors: anchorsFile(issued),
});
