/** What a user says about JetStream: volumes, streams, mirrors and consumers. Types only. */

/** A length of time: a whole number followed by `s`, `m`, `h` or `d`, for example `90s` or `7d`. */
export type Duration = string;

/** An amount of storage: a whole number followed by `Ki`, `Mi`, `Gi` or `Ti`, for example `10Gi`. */
export type Size = string;

/** Storage for the streams of a cluster: each server gets its own volume. */
export interface JetStream {
  /** The volume of each server. */
  readonly storage: Storage;
  /**
   * How often a server flushes messages to disk. `always` flushes before each acknowledgement. With a duration, servers
   * that lose power at the same time lose messages that they acknowledged (nats-io/nats-server#7564). A duration is
   * safe only if three or more brokers never lose power at the same time.
   * @default 'always'
   */
  readonly syncInterval?: 'always' | Duration;
}

/** The volume of each server. */
export interface Storage {
  /** Size of each server's volume. Streams may use 90 % of it. It cannot shrink later. */
  readonly size: Size;
  /** Storage class of the volumes. @default - the cluster's default class */
  readonly className?: string;
}

/** A stream: messages that the servers of a cluster store, so that no acknowledged message is lost. */
export interface Stream {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** Subjects that the stream stores. Subjects of two streams of the topology may not overlap. */
  readonly subjects: readonly string[];
  /** How long the stream stores a message. */
  readonly maxAge: Duration;
  /** How much the stream stores. When it is full, new messages replace the oldest ones. */
  readonly maxBytes: Size;
  /** How many servers store each message: 1, 3 or 5. @default - all servers of the cluster, at most 3 */
  readonly replicas?: number;
  /**
   * How long the stream remembers the id of a message. Within that time a publisher can send a message again, and the
   * stream stores it once.
   * @default - `1h`, or `maxAge` if that is shorter
   */
  readonly duplicateWindow?: Duration;
  /** The load that `longestPartition` is checked against. @default - only `maxAge` is checked */
  readonly expected?: ExpectedLoad;
  /** Allows an update that lowers a limit, removes a subject or removes replicas. @default - such an update is refused */
  readonly allowDataLoss?: true;
}

/** The average load of a stream. */
export interface ExpectedLoad {
  /** Messages per second. */
  readonly messagesPerSecond: number;
  /** Size of the content of a message, in bytes. */
  readonly bytesPerMessage: number;
}

/** A durable consumer of a stream. It delivers each message again until the subscriber acknowledges it. */
export interface Consumer {
  /** Letters, digits, `-` and `_`; unique in its stream. */
  readonly name: string;
  /** A stream or mirror of the same cluster. */
  readonly stream: string;
  /** Only messages with this subject; wildcards are allowed. @default - all messages of the stream */
  readonly subject?: string;
  /** How long the consumer waits for an acknowledgement before it delivers the message again. @default '10s' */
  readonly ackWait?: Duration;
  /** How many messages may wait for an acknowledgement. With 1, the order holds even after a redelivery. @default 1 */
  readonly maxAckPending?: number;
  /** The maximum number of deliveries of one message. @default - no maximum */
  readonly maxDeliver?: number;
}

/** JetStream with every choice made. */
export interface JetStreamModel {
  readonly storage: { readonly size: Size; readonly className: string | undefined };
  readonly syncInterval: 'always' | Duration;
}

/** A stream with every choice made. */
export interface StreamModel {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly maxAge: Duration;
  readonly maxBytes: Size;
  readonly replicas: number;
  readonly duplicateWindow: Duration;
  readonly expected: ExpectedLoad | undefined;
  readonly allowDataLoss: true | undefined;
}

/** A durable consumer with every choice made. */
export interface ConsumerModel {
  readonly name: string;
  readonly stream: string;
  /** `undefined` for all of the stream. */
  readonly subject: string | undefined;
  readonly ackWait: Duration;
  readonly maxAckPending: number;
  /** `undefined` for as often as it takes. */
  readonly maxDeliver: number | undefined;
}
