import { refuse, shown } from '../checks.ts';
import type { Client } from '../client.ts';
import { consumers, mqttStorage, readsStream, serverCount, siteClusters } from '../implied.ts';
import type { Stream } from '../jetstream.ts';
import { covers, overlap } from '../subjects.ts';
import type { Cluster, LeafCluster, Topology } from '../topology.ts';
import { at, checkUnique } from './check-cluster.ts';
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
import { sitePath } from './check-sites.ts';

/** What holds for streams, mirrors and consumers, within each cluster and between them. */
export function checkStreams({ brokerCluster, leafClusters, longestPartition }: Topology): void {
  if (longestPartition !== undefined) checkDuration(at('longestPartition'), longestPartition);
  const hub = brokerCluster.streams ?? [];
  checkKept('brokerCluster', brokerCluster, []);
  for (const [i, stream] of hub.entries()) {
    if (longestPartition !== undefined)
      checkPartition(at(`brokerCluster.streams[${i}]`), stream, longestPartition);
  }
  for (const [i, site] of siteClusters(brokerCluster).entries())
    checkUsers(sitePath(i), { ...site, consumers: brokerCluster.consumers }, hub, hub);
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
    checkKept(path, leaf, mirrored);
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
function checkKept(path: string, cluster: Cluster | LeafCluster, mirrored: readonly Stream[]): void {
  const { jetStream, streams = [] } = cluster;
  checkJetStream(at(`${path}.jetStream`), jetStream);
  for (const [i, stream] of streams.entries()) {
    checkStream(at(`${path}.streams[${i}]`), stream, serverCount(cluster));
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
  if (jetStream) checkRoom(at(`${path}.jetStream`), all, jetStream, mqttStorage(cluster));
  for (const [i, consumer] of listed.entries()) {
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
    checkKnownStream(at(`${here}.stream`), name, namesOf(reachable));
    checkStored(`${here}.subject`, subject, name, reachable);
  }
  const heard = (place: string, name: string, subject: string) => {
    const subjects = kept.find((stream) => stream.name === name)?.subjects ?? [];
    if (!subjects.some((each) => overlap(each, subject)))
      refuse(
        at(place),
        `${shown(subject)} is not kept by ${name}, so that nothing would be heard; use a subject of ${shown(subjects)}`,
      );
  };
  for (const [i, { stream, subject }] of (cluster.consumers ?? []).entries())
    if (subject !== undefined) heard(`${path}.consumers[${i}].subject`, stream, subject);
  for (const [i, { stream, consumer, subject }] of (cluster.subscribers ?? []).entries()) {
    const here = `${path}.subscribers[${i}]`;
    if (stream !== undefined) {
      checkKnownStream(at(`${here}.stream`), stream, namesOf(kept));
      heard(`${here}.subject`, stream, subject);
    }
    checkListed(`${here}.consumer`, cluster, stream, consumer);
  }
  for (const [i, client] of (cluster.clients ?? []).entries())
    checkClientStream(`${path}.clients[${i}]`, client, cluster, kept, reachable);
  checkUnique(
    consumers(cluster).map((consumer, i) => [`${path}.consumers[${i}]`, consumerPath(consumer)]),
    'give each consumer of a stream a name of its own',
  );
}

/** A client publishes to the stream that it names unless it says from which consumer of it it reads. */
function checkClientStream(
  here: string,
  client: Client,
  cluster: Cluster,
  kept: readonly Stream[],
  reachable: readonly Stream[],
): void {
  const { stream, consumer, publish = [] } = client;
  if (stream === undefined) return;
  const reads = readsStream(client);
  checkKnownStream(at(`${here}.stream`), stream, namesOf(reads ? kept : reachable));
  if (!reads) for (const subject of publish) checkStored(`${here}.publish`, subject, stream, reachable);
  checkListed(`${here}.consumer`, cluster, stream, consumer);
}

/** A subject that a stream stores, whatever a wildcard in it stands for. */
function checkStored(place: string, subject: string, name: string, streams: readonly Stream[]): void {
  const { subjects = [] } = streams.find((stream) => stream.name === name) ?? {};
  if (!subjects.some((outer) => covers(outer, subject)))
    refuse(at(place), `${shown(subject)} is not kept by ${name}; use a subject of ${shown(subjects)}`);
}

/** A consumer that a reader of the stream names. */
function checkListed(place: string, cluster: Cluster, stream?: string, consumer?: string): void {
  const listed = (cluster.consumers ?? []).filter((each) => each.stream === stream).map(({ name }) => name);
  if (consumer === undefined || listed.includes(consumer)) return;
  const known =
    listed.length > 0 ? `use ${listed.join(' or ')}` : 'list it in the `consumers` of the cluster';
  refuse(at(place), `${shown(consumer)} is no consumer of ${shown(stream)}; ${known}`);
}

const namesOf = (streams: readonly Stream[]) => new Set(streams.map(({ name }) => name));
