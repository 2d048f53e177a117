import { checkName, checkSubjects, isSystemNamespace, type Place, refuse, shown } from '../checks.ts';
import type { Client } from '../client.ts';
import { checkAssetName } from './check-jetstream.ts';
import { checkLabels } from './check-labels.ts';
import { isLabel, isSubdomain } from './qualified-name.ts';

export const NOT_A_NAMESPACE =
  "is not the name of a namespace; use at most 63 lower-case letters, digits and '-', such as shop";
export const NOT_A_SERVICE_ACCOUNT =
  "is not the name of a service account; use lower-case letters, digits, '-' and '.', such as orders";
export const NOT_POD_LABELS = "is not an object; use for example { app: 'orders' }";

/**
 * An application in a namespace of its own. Its namespace and its service account are somebody else's, and may be
 * called whatever Kubernetes takes.
 * @param servers - namespace of the servers
 */
export function checkClient(at: (property: string) => Place, client: Client, servers: string): void {
  const { name, namespace, serviceAccount, user, podLabels } = client;
  checkName(at('name'), name);
  if (!isLabel(namespace)) refuse(at('namespace'), `${shown(namespace)} ${NOT_A_NAMESPACE}`);
  if (namespace === servers)
    refuse(
      at('namespace'),
      `${shown(namespace)} is that of the servers, which nobody else deploys to; use a namespace of its own, or list it in \`publishers\` or \`subscribers\` with its \`image\``,
    );
  if (isSystemNamespace(namespace))
    refuse(at('namespace'), `${shown(namespace)} is not for applications; use a namespace of its own`);
  if (serviceAccount !== undefined && !isSubdomain(serviceAccount))
    refuse(at('serviceAccount'), `${shown(serviceAccount)} ${NOT_A_SERVICE_ACCOUNT}`);
  if (user !== undefined) checkName(at('user'), user);
  for (const kind of ['publish', 'subscribe'] as const) checkSubjects(at(kind), client[kind]);
  for (const asset of ['stream', 'consumer'] as const) {
    const value = client[asset];
    if (value !== undefined) checkAssetName(at(asset), value);
  }
  if (client.consumer !== undefined && client.stream === undefined)
    refuse(at('consumer'), `${shown(client.consumer)} is of no stream; name its \`stream\` as well`);
  if (!client.publish?.length && !client.subscribe?.length && client.stream === undefined)
    refuse(
      at('publish'),
      `${shown(name)} may do nothing; give it \`publish\`, \`subscribe\` or a \`stream\``,
    );
  checkLabels(at('podLabels'), podLabels, NOT_POD_LABELS);
  if (podLabels !== undefined && Object.keys(podLabels).length === 0)
    refuse(at('podLabels'), 'names no label; leave it out to let every pod of its namespace in');
}
