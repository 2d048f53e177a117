import { BROKER, leafUser } from '../model/names.ts';
import { kubectl } from '../terminal/kubectl.ts';
import { say as log } from '../terminal/say.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { type CommandCall, print } from './command.ts';
import { leafPassword, reinstateLeaf, revokeLeaf } from './revoke.ts';
import { stepsInput } from './rotate-command.ts';
import { deliver, namespaceOf } from './runbook/deliver.ts';
import { renewalSteps } from './runbook/renewal.ts';

/** Shuts out one leaf cluster and prints what is left to do. */
export function revokeCommand(call: CommandCall): void {
  const cluster = call.word;
  const input = stepsInput(call, revokeLeaf(call.model, call.folder, cluster, { log }));
  const sites = call.model.sites.map(({ name }) => name);
  const secretRefs = input.secretRefs.passwords.get(leafPassword(call.model, cluster)) ?? [];
  print([
    `${cluster}: its leaf is revoked`,
    '',
    ...deliver(
      secretRefs.filter((secretRef) => sites.includes(secretRef.cluster)),
      input,
    ),
    '# nats-server leaves a leaf connected whose user has gone. End every connection; the others come back within',
    '# seconds, through a Linkerd gateway within a minute.',
    '# docs/security.md, "Shutting out a leaf", has the commands that end this one alone.',
    // One site after the other, so that the streams keep their majority.
    ...sites.flatMap((site) => [
      kubectl(site, namespaceOf(input), `rollout restart statefulset/${BROKER}`),
      kubectl(site, namespaceOf(input), `rollout status statefulset/${BROKER}`),
    ]),
    `# It took when a broker logs: authentication error - User "${leafUser(cluster)}"`,
    ...sites.map((site) =>
      kubectl(site, namespaceOf(input), `logs -l app=${BROKER} -c nats --prefix --tail 20`),
    ),
    `# To let the leaf in again, with a new certificate and password: ${certsLine(call.folder, `reinstate leaf ${cluster}`)}`,
  ]);
}

/** Lets one leaf cluster in again and prints what is left to do. */
export function reinstateCommand(call: CommandCall): void {
  const cluster = call.word;
  const { model, folder, askPassphrase } = call;
  const { renewal, inventory } = reinstateLeaf(model, folder, cluster, { log, askPassphrase });
  print([`${cluster}: its leaf is let in again`, '']);
  print(renewalSteps(renewal, stepsInput(call, inventory)));
}
