import { STREAMS } from '../../model/names.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import { consumerKey, type JetStreamState, jetStreamOf, type StreamDetail } from '../jsz.ts';
import type { Target } from '../target.ts';
import { backlog } from './consumer.ts';
import { unsettled } from './leader.ts';
import { metaGroup } from './meta-group.ts';
import { copies, leaving, mirror, room, sharing, space } from './stream.ts';

/** Whether every stream, mirror and consumer of the topology is there, led, current, and not falling behind. */
export async function streams(target: Target): Promise<Verdict[]> {
  const { jetStream } = target.wanted.cluster;
  if (!jetStream || (await target.servers()).length === 0) return [];
  return judgeStreams(await jetStreamOf(target), target);
}

/** What `streams` says of what the servers told it. */
export function judgeStreams(
  state: JetStreamState,
  target: Pick<Target, 'wanted' | 'name' | 'context' | 'now' | 'revoked'>,
) {
  const { cluster, streams, otherServers, server } = target.wanted;
  const siteOf = (name: string) => name.replace(new RegExp(`-${server.name}-\\d+$`), '');
  // Of five sites, three have a copy.
  const haveCopy = (replicas: number) => replicas >= server.pods.length + otherServers.length;
  const reconciliation = `${kubectl(target.context, target.wanted.namespace, `logs deploy/${STREAMS}`)} says what hinders its controller`;
  const absent = (what: string) =>
    problem(
      `${what} is missing`,
      'its messages are not kept, and who reads from it gets nothing',
      reconciliation,
    );
  // A leaf that is shut out gets nothing, as it should.
  const followed = (detail: StreamDetail) => (target.revoked(target.name) ? [] : mirror(detail, target.name));
  const ofStreams = streams.flatMap(({ name, replicas }) => {
    const seen = state.streams.get(name);
    if (!seen) return haveCopy(replicas) ? [absent(`the stream ${name}`)] : [];
    // Of what every site sees, the one whose server leads knows most.
    if (!seen.byLeader && seen.detail.cluster?.leader && otherServers.length > 0) return [];
    return [
      ...copies(seen, replicas),
      ...leaving(seen.detail, target.wanted.leaving),
      ...(otherServers.length > 0 ? sharing(seen.detail, siteOf) : []),
      ...followed(seen.detail),
      ...space(seen.detail),
    ];
  });
  const ofConsumers = cluster.consumers.flatMap(({ stream, name }) => {
    const seen = state.consumers.get(consumerKey(stream, name));
    if (!seen)
      return state.streams.has(stream) ? [absent(`the consumer ${name} of the stream ${stream}`)] : [];
    return seen.byLeader ? backlog(seen.detail, target.now) : [];
  });
  // Where streams move, their leaders do.
  const ofLeaders = target.wanted.leaving.length > 0 ? [] : state.newLeaders.flatMap(unsettled);
  return orOk(
    [...ofStreams, ...ofLeaders, ...ofConsumers, ...metaGroup(state, target), ...state.stores.flatMap(room)],
    `${streams.map(({ name }) => name).join(', ') || 'no stream'} as described`,
  );
}
