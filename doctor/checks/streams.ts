import { consumers, streamReplicas } from '../../model/defaults.ts';
import { kubectl } from '../../model/kubectl.ts';
import { STREAMS } from '../../model/names.ts';
import type { LeafCluster } from '../../model/topology.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import { consumerKey, type JetStreamState, jetStreamOf } from '../jetstream.ts';
import type { Patient } from '../patient.ts';
import { backlog } from './consumer.ts';
import { copies, mirror, room, space } from './stream.ts';

/** Whether every stream, mirror and consumer of the topology is there, led, current, and not falling behind. */
export async function streams(patient: Patient): Promise<Verdict[]> {
  const { jetStream } = patient.wanted.cluster;
  if (!jetStream || (await patient.servers()).length === 0) return [];
  return judgeStreams(await jetStreamOf(patient), patient);
}

/** What `streams` says of what the servers told it. */
export function judgeStreams(
  state: JetStreamState,
  patient: Pick<Patient, 'wanted' | 'name' | 'context' | 'now'>,
) {
  const { cluster, server } = patient.wanted;
  const wanted = [
    ...(cluster.streams ?? []).map((stream) => ({
      name: stream.name,
      replicas: streamReplicas(stream, server.pods.length),
    })),
    ...((cluster as Partial<LeafCluster>).mirrors ?? []).map((name) => ({ name, replicas: 1 })),
  ];
  const upkeep = `${kubectl(patient.context, patient.wanted.namespace, `logs deploy/${STREAMS}`)} says what hinders its keeper`;
  const absent = (what: string) =>
    problem(`${what} is missing`, 'its messages are not kept, and who reads from it gets nothing', upkeep);
  const ofStreams = wanted.flatMap(({ name, replicas }) => {
    const seen = state.streams.get(name);
    if (!seen) return [absent(`the stream ${name}`)];
    return [...copies(seen, replicas), ...mirror(seen.detail, patient.name), ...space(seen.detail)];
  });
  const ofConsumers = consumers(cluster).flatMap(({ stream, name }) => {
    const seen = state.consumers.get(consumerKey(stream, name));
    if (!seen)
      return state.streams.has(stream) ? [absent(`the consumer ${name} of the stream ${stream}`)] : [];
    return seen.byLeader ? backlog(seen.detail, patient.now) : [];
  });
  return orOk(
    [...ofStreams, ...ofConsumers, ...state.stores.flatMap(room)],
    `${wanted.map(({ name }) => name).join(', ') || 'no stream'} as described`,
  );
}
