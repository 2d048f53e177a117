import { serverName } from '../model/names.ts';
import { type NewLeader, newLeaders } from './new-leaders.ts';
import type { Target } from './target.ts';

/** What `/jsz` says of a stream. @see https://docs.nats.io/running-a-nats-service/nats_admin/monitoring */
export interface StreamDetail {
  readonly name: string;
  readonly created: string;
  readonly config: { readonly max_bytes: number; readonly num_replicas: number };
  readonly state: { readonly bytes: number; readonly last_seq: number };
  /** Absent on a server that runs alone. */
  readonly cluster?: {
    readonly leader?: string;
    /** Only the leader knows. */
    readonly leader_since?: string;
    readonly replicas?: readonly {
      readonly name: string;
      readonly current: boolean;
      readonly lag?: number;
    }[];
  };
  readonly mirror?: {
    readonly lag: number;
    /** Nanoseconds since the origin was last heard; -1 for never. */
    readonly active: number;
    readonly error?: { readonly description?: string };
  };
  readonly consumer_detail?: readonly ConsumerDetail[];
}

export interface ConsumerDetail {
  readonly stream_name: string;
  readonly name: string;
  readonly cluster?: { readonly leader?: string };
  readonly delivered: { readonly last_active?: string };
  readonly num_pending: number;
  readonly num_ack_pending: number;
  readonly num_waiting: number;
}

/** What one server keeps, and how much it may keep, in bytes. */
export interface Store {
  readonly pod: string;
  readonly used: number;
  readonly most: number;
}

/** What the leader of all that keep streams together says of them. */
export interface MetaGroup {
  /** Servers that a majority is counted by, whether or not they run. */
  readonly cluster_size: number;
  /** The others. */
  readonly replicas: readonly { readonly name: string; readonly peer: string }[];
}

export interface JetStreamState {
  readonly stores: readonly Store[];
  /** `undefined` where its leader is not among the servers that were asked. */
  readonly metaGroup?: MetaGroup | undefined;
  readonly newLeaders: readonly NewLeader[];
  /** Each stream, as its leader sees it or, where that does not answer, as another server does. */
  readonly streams: ReadonlyMap<string, Seen<StreamDetail>>;
  /** Likewise each consumer, by `consumerKey`. */
  readonly consumers: ReadonlyMap<string, Seen<ConsumerDetail>>;
}

/** Only a leader knows how the copies of others are, and what has been delivered. */
export interface Seen<Detail> {
  readonly detail: Detail;
  readonly byLeader: boolean;
}

export const consumerKey = (stream: string, consumer: string) => `${stream} ${consumer}`;

interface Jsz {
  readonly now: string;
  readonly config?: { readonly max_storage: number };
  readonly storage: number;
  /** Only the leader names the others. */
  readonly meta_cluster?: MetaGroup | Omit<MetaGroup, 'replicas'>;
  readonly account_details?: readonly { readonly stream_detail?: readonly StreamDetail[] }[];
}

/** What the servers of a cluster say about their streams. */
export async function jetStreamOf(target: Target): Promise<JetStreamState> {
  const pods = await target.servers();
  const pages = await Promise.all(
    pods.map((pod): Promise<Jsz> => target.monitor(pod, 'jsz?streams=true&consumers=true&config=true')),
  );
  const streams = new Map<string, Seen<StreamDetail>>();
  const consumers = new Map<string, Seen<ConsumerDetail>>();
  for (const [i, page] of pages.entries()) {
    const server = serverName(target.name, pods[i]);
    for (const detail of detailsOf(page)) {
      see(streams, detail.name, detail, server);
      for (const consumer of detail.consumer_detail ?? [])
        see(consumers, consumerKey(detail.name, consumer.name), consumer, server);
    }
  }
  const stores = pages.map(({ config, storage }, i) => ({
    pod: pods[i]!,
    used: storage,
    most: config?.max_storage ?? 0,
  }));
  const [metaGroup] = pages.flatMap(({ meta_cluster }) =>
    meta_cluster && 'replicas' in meta_cluster ? [meta_cluster] : [],
  );
  const leaders = await Promise.all(
    pages.map((page, i) => {
      const server = serverName(target.name, pods[i]);
      const led = detailsOf(page).filter(({ cluster }) => cluster?.leader === server);
      return newLeaders(target, pods[i]!, Date.parse(page.now), led);
    }),
  );
  return { stores, metaGroup, newLeaders: leaders.flat(), streams, consumers };
}

const detailsOf = ({ account_details = [] }: Jsz) =>
  account_details.flatMap(({ stream_detail }) => stream_detail ?? []);

function see<Detail extends { readonly cluster?: { readonly leader?: string } }>(
  all: Map<string, Seen<Detail>>,
  key: string,
  detail: Detail,
  server: string,
) {
  const byLeader = detail.cluster === undefined || detail.cluster.leader === server;
  if (byLeader || !all.has(key)) all.set(key, { detail, byLeader });
}
