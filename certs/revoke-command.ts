import { kubectl } from '../model/kubectl.ts';
import { BROKER, leafUser } from '../model/names.ts';
import { say as log } from '../terminal/say.ts';
import { type CommandCall, print, UsageError } from './command.ts';
import { renewalSteps } from './renewal-steps.ts';
import { leafPassword, reinstateLeaf, revokeLeaf } from './revoke.ts';
import { stepsInput } from './rotate-command.ts';
import { certsLine } from './shown-command.ts';
import { deliver, namespaceOf } from './steps.ts';

function leafOf({ args }: CommandCall): string {
  const [part, cluster, ...rest] = args;
  if (part !== 'leaf' || !cluster || rest.length > 0) throw new UsageError();
  return cluster;
}

/** Shuts out one leaf cluster and prints what is left to do. */
export function revokeCommand(call: CommandCall): void {
  const cluster = leafOf(call);
  const input = stepsInput(call, revokeLeaf(call.topology, call.folder, cluster, { log }));
  const broker = call.topology.brokerCluster.name;
  const carriers = input.carriers.passwords.get(leafPassword(call.topology, cluster)) ?? [];
  print([
    `${cluster}: its leaf is revoked`,
    '',
    ...deliver(
      carriers.filter((carrier) => carrier.cluster === broker),
      input,
    ),
    '# nats-server leaves a leaf connected whose user has gone. End every connection; the others come back at once.',
    '# docs/security.md, "Shutting out a leaf", has the commands that end this one alone.',
    kubectl(broker, namespaceOf(input), `rollout restart statefulset/${BROKER}`),
    `# It took when a broker logs: authentication error - User "${leafUser(cluster)}"`,
    kubectl(broker, namespaceOf(input), `logs -l app=${BROKER} -c nats --prefix --tail 20`),
    `# To let the leaf in again, with a new certificate and password: ${certsLine(call.folder, `reinstate leaf ${cluster}`)}`,
  ]);
}

/** Lets one leaf cluster in again and prints what is left to do. */
export function reinstateCommand(call: CommandCall): void {
  const cluster = leafOf(call);
  const { topology, folder, askPassphrase } = call;
  const { renewal, stock } = reinstateLeaf(topology, folder, cluster, { log, askPassphrase });
  print([`${cluster}: its leaf is let in again`, '']);
  print(renewalSteps(renewal, stepsInput(call, stock)));
}
