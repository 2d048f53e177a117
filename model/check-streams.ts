import { at, checkKeys, checkUnique } from './check-cluster.ts';
import {
  checkConsumer,
  checkDeletable,
  checkDuration,
  checkJetStream,
  checkKnownStream,
  checkPartition,
  checkRoom,
  checkStream,
  consumerPath,
} from './check-jetstream.ts';
import { refuse, shown } from './checks.ts';
import { consumers } from './defaults.ts';
import type { Consumer, JetStream, Stream } from './jetstream.ts';
import { covers, overlap } from './subjects.ts';
import type { Cluster, Topology } from './topology.ts';

const JETSTREAM: Record<keyof JetStream, true> = { storage: true, syncInterval: true };
const STORAGE: Record<keyof JetStream['storage'], true> = { size: true, className: true };
const LOAD: Record<keyof NonNullable<Stream['expected']>, true> = {
  messagesPerSecond: true,
  bytesPerMessage: true,
};
const STREAM: Record<keyof Stream, true> = {
  name: true,
  subjects: true,
  maxAge: true,
  maxBytes: true,
  replicas: true,
  duplicateWindow: true,
  expected: true,
  allowDataLoss: true,
};
const CONSUMER: Record<keyof Consumer, true> = {
  name: true,
  stream: true,
  subject: true,
  ackWait: true,
  maxAckPending: true,
  maxDeliver: true,
};

/** What holds for streams, mirrors and consumers, within each cluster and between them. */
export function checkStreams({ brokerCluster, leafClusters, longestPartition }: Topology): void {
  if (longestPartition !== undefined) checkDuration(at('longestPartition'), longestPartition);
  const hub = brokerCluster.streams ?? [];
  const servers = brokerCluster.replicas ?? 1;
  checkKept('brokerCluster', brokerCluster, servers, []);
  for (const [i, stream] of hub.entries()) {
    if (longestPartition !== undefined)
      checkPartition(at(`brokerCluster.streams[${i}]`), stream, longestPartition);
  }
  checkUsers('brokerCluster', brokerCluster, hub, hub);
  for (const [i, leaf] of leafClusters.entries()) {
    const path = `leafClusters[${i}]`;
    const mirrored = (leaf.mirrors ?? []).map((name, j) => {
      const stream = hub.find((each) => each.name === name);
      if (stream) return stream;
      const known =
        hub.length > 0 ? hub.map((each) => each.name).join(' or ') : 'a stream that you add there';
      return refuse(
        at(`${path}.mirrors[${j}]`),
        `${shown(name)} is no stream of the broker cluster; use ${known}`,
      );
    });
    checkKept(path, leaf, 1, mirrored);
    for (const [j, stream] of (leaf.streams ?? []).entries()) {
      const taken = hub.find(({ subjects }) =>
        subjects.some((a) => stream.subjects.some((b) => overlap(a, b))),
      );
      if (taken) {
        refuse(
          at(`${path}.streams[${j}].subjects`),
          `${shown(stream.subjects)} are kept by the broker cluster's ${taken.name} too, so that each message would be stored and acknowledged twice; use \`mirrors: ['${taken.name}']\` instead`,
        );
      }
    }
    const own = leaf.streams ?? [];
    checkUsers(path, leaf, [...own, ...mirrored], [...own, ...hub]);
  }
}

/** The streams and consumers that one cluster keeps. */
function checkKept(path: string, cluster: Cluster, servers: number, mirrored: readonly Stream[]): void {
  const { jetStream, streams = [] } = cluster;
  if (jetStream) checkKeys(at(`${path}.jetStream`), jetStream, JETSTREAM);
  checkJetStream(at(`${path}.jetStream`), jetStream);
  if (jetStream) checkKeys(at(`${path}.jetStream.storage`), jetStream.storage, STORAGE);
  for (const [i, stream] of streams.entries()) {
    checkKeys(at(`${path}.streams[${i}]`), stream, STREAM);
    checkStream(at(`${path}.streams[${i}]`), stream, servers);
    if (stream.expected) checkKeys(at(`${path}.streams[${i}].expected`), stream.expected, LOAD);
  }
  const all = [...streams, ...mirrored];
  const listed = cluster.consumers ?? [];
  const { deletable = [] } = cluster;
  if (!jetStream && all.length + listed.length + deletable.length > 0)
    refuse(
      at(`${path}.jetStream`),
      "is missing, but streams are kept; use for example { storage: { size: '10Gi' } }",
    );
  checkUnique(
    all.map(({ name }, i) => [`${path}.${i < streams.length ? `streams[${i}]` : 'mirrors'}`, name]),
    'give each stream of a cluster a name of its own',
  );
  const subjects = streams.flatMap((stream) => stream.subjects.map((subject) => ({ stream, subject })));
  for (const [i, { stream, subject }] of subjects.entries()) {
    const other = subjects.slice(0, i).find((earlier) => overlap(earlier.subject, subject));
    if (other)
      refuse(
        at(`${path}.streams`),
        `${shown(subject)} of ${stream.name} is kept by "${other.subject}" of ${other.stream.name} already; keep each subject once`,
      );
  }
  const described = [...all.map(({ name }) => name), ...consumers(cluster).map(consumerPath)];
  checkDeletable(at(`${path}.deletable`), deletable, described);
  if (jetStream) checkRoom(at(`${path}.jetStream`), all, jetStream);
  for (const [i, consumer] of listed.entries()) {
    checkKeys(at(`${path}.consumers[${i}]`), consumer, CONSUMER);
    checkConsumer(at(`${path}.consumers[${i}]`), consumer, new Set(all.map(({ name }) => name)));
  }
}

/** The publishers and subscribers that name a stream. */
function checkUsers(
  path: string,
  cluster: Cluster,
  kept: readonly Stream[],
  reachable: readonly Stream[],
): void {
  for (const [i, { stream: name, subject, consumer }] of (cluster.publishers ?? []).entries()) {
    const here = `${path}.publishers[${i}]`;
    if (consumer !== undefined) refuse(at(`${here}.consumer`), 'is for subscribers; leave it out');
    if (name === undefined) continue;
    checkKnownStream(at(`${here}.stream`), name, new Set(reachable.map((stream) => stream.name)));
    const stream = reachable.find((each) => each.name === name);
    if (!stream?.subjects.some((outer) => covers(outer, subject)))
      refuse(
        at(`${here}.subject`),
        `${shown(subject)} is not kept by ${name}; use a subject of ${shown(stream?.subjects)}`,
      );
  }
  for (const [i, { stream, consumer }] of (cluster.subscribers ?? []).entries()) {
    const here = `${path}.subscribers[${i}]`;
    if (stream !== undefined)
      checkKnownStream(at(`${here}.stream`), stream, new Set(kept.map(({ name }) => name)));
    const listed = (cluster.consumers ?? []).filter((each) => each.stream === stream).map(({ name }) => name);
    if (consumer !== undefined && !listed.includes(consumer)) {
      const known =
        listed.length > 0 ? `use ${listed.join(' or ')}` : 'list it in the `consumers` of the cluster';
      refuse(at(`${here}.consumer`), `${shown(consumer)} is no consumer of ${shown(stream)}; ${known}`);
    }
  }
  checkUnique(
    consumers(cluster).map((consumer, i) => [`${path}.consumers[${i}]`, consumerPath(consumer)]),
    'give each consumer of a stream a name of its own',
  );
}
