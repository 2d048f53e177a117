import { findCarriers } from './carriers.ts';
import { takeStock } from './check.ts';
import { type CommandCall, log, print, UsageError } from './command.ts';
import { ANCHOR, credentialPlan, NATS_CA } from './plan.ts';
import { anchorsFile } from './roots.ts';
import { renew, renewalOf } from './rotate.ts';
import { rotateRoot } from './rotate-root.ts';
import { shownPath } from './shown-path.ts';
import { anchorSteps, natsCaSteps, renewalSteps, type StepsInput } from './steps.ts';
import { readIssued } from './store.ts';

const ROOTS: Readonly<Record<string, string>> = { anchor: ANCHOR, 'nats-ca': NATS_CA };
const NAMED = ['issuer', 'leaf', 'client', 'password'];

/** Renews one part and prints what is left to do. */
export function rotateCommand(call: CommandCall): void {
  const { args, confirmed } = call;
  const [part = '', name, ...rest] = args;
  const root = Object.hasOwn(ROOTS, part) ? ROOTS[part] : undefined;
  const takesName = NAMED.includes(part);
  if (rest.length > 0 || takesName !== (name !== undefined)) throw new UsageError();
  if (root) rotateStage(root, call);
  else if (confirmed === undefined && (takesName || part === 'server')) rotatePart(part, name ?? '', call);
  else throw new UsageError();
}

function rotatePart(part: string, name: string, call: CommandCall) {
  const renewal = renewalOf(call.topology, part, name);
  renew(call.topology, call.folder, renewal, { log, askPassphrase: call.askPassphrase });
  const renewed = [...(renewal.certificates ?? []), ...(renewal.passwords ?? [])];
  const serials = renewed.flatMap((one) => serialOf(one, call) ?? []);
  print([`${renewed.join(', ')}: renewed${serials.length > 0 ? `, serial ${serials}` : ''}`, '']);
  print(renewalSteps(part, name, renewal, stepsInput(call)));
}

function rotateStage(root: string, call: CommandCall) {
  const { topology, folder, confirmed, askPassphrase } = call;
  const reached = rotateRoot(topology, folder, root, confirmed, { log, askPassphrase });
  print([`${root}: the rotation has reached the stage ${reached}`, '']);
  print((root === ANCHOR ? anchorSteps : natsCaSteps)(reached, stepsInput(call)));
}

const stockOf = ({ topology, folder }: CommandCall) =>
  takeStock(credentialPlan(topology), readIssued(folder), new Date());

const serialOf = (name: string, call: CommandCall) =>
  stockOf(call).issued.get(name)?.certificate.serialNumber;

/** What the steps need to know, as things are after the change. */
export const stepsInput = (call: CommandCall): StepsInput => ({
  topology: call.topology,
  carriers: findCarriers(call.topology),
  folder: shownPath(call.folder),
  anchors: anchorsFile(stockOf(call).issued),
});
