import { refuse, shown } from '../model/checks.ts';
import type { Model } from '../model/model.ts';
import { ANCHOR } from '../model/names.ts';
import { say as log } from '../terminal/say.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { type CommandCall, print } from './command.ts';
import { credentialPlan, type PlannedCertificate } from './plan.ts';
import { type Renewal, renew, renewalOf, renewExpiring, requireKnown } from './rotate.ts';
import { rotateRoot } from './rotate-root.ts';
import { type StepsInput, tellMonitoring } from './runbook/deliver.ts';
import { renewalSteps } from './runbook/renewal.ts';
import { rootSteps } from './runbook/root-rotation.ts';
import { findSecretRefs } from './secret-refs.ts';
import type { Inventory } from './store/inventory.ts';
import { rootsOf, rotateWords } from './store/roots.ts';

/** Within how many days a certificate ends that `rotate expiring` renews, unless the call says otherwise. */
const DAYS = 30;

/** Renews one part, and prints what is left to do. */
export const rotatePart = (part: string) => (call: CommandCall) => {
  const { model, folder, word, askPassphrase } = call;
  const renewal = renewalOf(model, part, word);
  printRenewal(renewal, call, renew(model, folder, renewal, { log, askPassphrase }));
};

/** Renews all that ends soon, and prints what is left to do. */
export function rotateExpiring(call: CommandCall) {
  const { model, folder, days = DAYS, askPassphrase } = call;
  const { certificates, roots, inventory } = renewExpiring(model, folder, days, { log, askPassphrase });
  if (certificates.length > 0) printRenewal({ certificates }, call, inventory);
  else print([`${shownPath(folder)}: no certificate but a root's ends within ${days} days`]);
  for (const root of rootsOf(credentialPlan(model)).filter(({ name }) => roots.includes(name))) {
    print([
      `# ${root.name}.crt ends within ${days} days. It is replaced in stages: ${certsLine(folder, rotateWords(root))}`,
    ]);
  }
}

function printRenewal(renewal: Renewal, call: CommandCall, inventory: Inventory) {
  const lines = [...(renewal.certificates ?? []), ...(renewal.passwords ?? [])].map((name) => {
    const serial = inventory.issued.get(name)?.certificate.serialNumber;
    return `${name}: renewed${serial ? `, serial ${serial}` : ''}`;
  });
  print([...lines, '', ...renewalSteps(renewal, stepsInput(call, inventory))]);
}

/**
 * The root that `rotate anchor` or `rotate nats-ca` means.
 * @param cluster whose anchor; none for the one that clusters share
 * @throws InvalidInput when there is none
 */
function rootOf(model: Model, role: PlannedCertificate['role'], cluster: string): PlannedCertificate {
  const roots = rootsOf(credentialPlan(model)).filter((root) => root.role === role);
  const found = roots.find((root) => (root.cluster ?? '') === cluster);
  if (found) return found;
  const place = { owner: 'certs', property: `rotate ${role}` };
  const own = roots.flatMap((root) => root.cluster ?? []);
  if (!cluster)
    refuse(place, `every cluster has an anchor of its own; name one: ${own.slice(0, 5).join(', ')}`);
  const all = model.clusters.map(({ name }) => name);
  return refuse(
    place,
    `${shown(requireKnown(`rotate ${role}`, cluster, all))} shares ${ANCHOR}.crt; leave the cluster out to replace that, or give the cluster \`trustAnchor: 'own'\` in topology.ts`,
  );
}

/** Brings a root's rotation to its next stage, and prints what is left to do. */
export const rotateStage = (role: 'anchor' | 'nats-ca') => (call: CommandCall) => {
  const { model, folder, confirmed, askPassphrase } = call;
  const root = rootOf(model, role, call.word);
  const { reached, inventory } = rotateRoot(model, folder, root.name, confirmed, { log, askPassphrase });
  print([`${root.name}: the rotation has reached the stage ${reached}`, '']);
  const input = stepsInput(call, inventory);
  print([...(reached === 'switch' ? tellMonitoring(input) : []), ...rootSteps(root, reached, input)]);
};

/** What the steps need to know. @param inventory - as it is after the change */
export const stepsInput = ({ model, folder }: CommandCall, { issued }: Inventory): StepsInput => ({
  model,
  secretRefs: findSecretRefs(model),
  folder: shownPath(folder),
  issued,
});
