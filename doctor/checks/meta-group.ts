import { serverName } from '../../model/names.ts';
import { type Verdict, warning } from '../finding.ts';
import type { JetStreamState } from '../jsz.ts';
import type { Target } from '../target.ts';

/** Whether servers that are gone count towards the majority that it takes to make or move a stream. */
export function metaGroup(
  { metaGroup: group }: Pick<JetStreamState, 'metaGroup'>,
  { wanted, name: cluster }: Pick<Target, 'wanted' | 'name'>,
): Verdict[] {
  const known = new Set([
    ...wanted.server.pods.map((pod) => serverName(cluster, pod)),
    ...wanted.otherServers,
  ]);
  if (!group) return [];
  const gone = group.replicas.filter(({ name }) => !known.has(name));
  // A leader that has not seen a server itself writes a sentence in place of its name.
  return gone.map(({ name: server, peer }) =>
    warning(
      `${server} counts as one of ${group.cluster_size} servers, and the topology has ${known.size}`,
      'it takes more of the others than their number says to make a stream, or to move one',
      `if it never comes back: npx nats-mtls shell ${cluster} -- nats server cluster peer-remove ${/\s/.test(server) ? peer : server} --force`,
    ),
  );
}
