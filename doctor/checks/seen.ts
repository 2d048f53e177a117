import type { ClientModel } from '../../model/client.ts';
import { applyLine, kubectl } from '../../terminal/kubectl.ts';
import { clientFolders } from '../../terminal/output-folder.ts';
import { ok, type Verdict, warning } from '../finding.ts';
import { inTurn } from '../in-turn.ts';
import type { Target } from '../target.ts';

/** A connection as `/connz` has it. @see https://docs.nats.io/running-a-nats-service/nats_admin/monitoring */
export interface Connection {
  /** When it ended; absent while it is open. */
  readonly stop?: string;
  readonly reason?: string;
}

/** What the servers of a cluster remember. */
export interface Memory {
  /** When the last of them started. */
  readonly since: string;
  /** The connections of each client, by its user. */
  readonly connections: ReadonlyMap<string, readonly Connection[]>;
}

/** Clients that are asked for at a time, and connections of one client that are looked at. */
const AT_ONCE = 8;
const MOST = 1024;

/** How nats-server names the end of a connection whose sign-in it refused, under the name that was tried. */
const REFUSED = 'Authentication Failure';

/** Whether each of the topology's `clients` has ever signed in, as far as the servers remember. */
export async function seen(target: Target): Promise<Verdict[]> {
  const { clients } = target.wanted.cluster;
  const pods = clients.length > 0 ? await target.servers() : [];
  if (pods.length === 0) return [];
  const starts: string[] = await Promise.all(
    pods.map(async (pod) => (await target.monitor(pod, 'varz')).start),
  );
  const connections = await inTurn(AT_ONCE, clients, async ({ user }) => {
    const page = `connz?auth=true&state=any&limit=${MOST}&user=${encodeURIComponent(user)}`;
    const pages = await Promise.all(pods.map((pod) => target.monitor(pod, page)));
    return [user, pages.flatMap((each): Connection[] => each.connections ?? [])] as const;
  });
  return judgeSeen(clients, { since: starts.sort().at(-1)!, connections: new Map(connections) }, target);
}

/** What `seen` says of what the servers told it. */
export function judgeSeen(
  clients: readonly ClientModel[],
  { since, connections }: Memory,
  target: Pick<Target, 'name' | 'context'>,
): Verdict[] {
  const start = since.replace(/\.\d+/, '');
  const strangers = clients.flatMap((client): Verdict[] => {
    const all = connections.get(client.user) ?? [];
    if (all.some(({ reason }) => reason !== REFUSED)) return [];
    const [last] = all
      .map(({ stop = '' }) => stop.replace(/\.\d+/, ''))
      .sort()
      .slice(-1);
    return [last === undefined ? absent(client, start, target) : refused(client, start, last, target)];
  });
  const known = clients.length - strangers.length;
  return known > 0 || strangers.length === 0
    ? [ok(`${known} of ${clients.length} have connected`), ...strangers]
    : strangers;
}

const absent = (
  { name, namespace }: ClientModel,
  start: string,
  { context }: Pick<Target, 'context'>,
): Verdict =>
  warning(
    `${name} of ${namespace} has not connected since ${start}`,
    'a server remembers nothing from before its start, and of the connections that ended the last 10,000; it may connect seldom, or never have run',
    `nothing, if it connects seldom; otherwise see whether it runs: ${kubectl(context, namespace, 'get pods')}`,
  );

const refused = (
  { name, namespace }: ClientModel,
  start: string,
  last: string,
  { name: cluster, context }: Pick<Target, 'name' | 'context'>,
): Verdict =>
  warning(
    `${name} of ${namespace} has been refused since ${start}, the last time at ${last}`,
    'it signs in with a password or certificate that the servers do not know, or somebody else tries its name',
    `${applyLine(context, ...clientFolders(cluster, [namespace]))}, and see that it reads the Secret again`,
  );
