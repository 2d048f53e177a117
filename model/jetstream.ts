/** What a user says about messages that are kept: volumes, streams, mirrors and consumers. Types only. */

/** A length of time: a whole number and `s`, `m`, `h` or `d`, such as `90s` or `7d`. */
export type Duration = string;

/** An amount of storage: a whole number and `Ki`, `Mi`, `Gi` or `Ti`, such as `10Gi`. */
export type Size = string;

/** The servers of a cluster keep streams, each server on a volume of its own. */
export interface JetStream {
  readonly storage: {
    /** Size of each server's volume; nine tenths of it hold streams. It cannot be made smaller later. */
    readonly size: Size;
    /** Storage class of the volumes. @default - the cluster's default class */
    readonly className?: string;
  };
  /**
   * How long a written message may stay in the operating system's memory. `always` waits for the disk before each
   * acknowledgement; with anything else, servers that lose power together lose messages that they acknowledged
   * (nats-io/nats-server#7564). A duration is only safe where three or more brokers never lose power together.
   * @default 'always'
   */
  readonly syncInterval?: 'always' | Duration;
}

/** Messages that the servers of a cluster keep, so that no acknowledged one is lost. */
export interface Stream {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** Subjects that are kept; no other stream of the topology may have one of them. */
  readonly subjects: readonly string[];
  /** How long a message is kept. */
  readonly maxAge: Duration;
  /** How much is kept; the oldest messages make way for new ones. */
  readonly maxBytes: Size;
  /** How many servers keep each message: 1, 3 or 5. @default - all servers of the cluster, at most 3 */
  readonly replicas?: number;
  /**
   * How long a message's id is remembered, so that a publisher that never saw an acknowledgement can send it again.
   * @default '1h', or `maxAge` if that is shorter
   */
  readonly duplicateWindow?: Duration;
  /** The load that `longestPartition` is checked against. @default - only `maxAge` is checked */
  readonly expected?: { readonly messagesPerSecond: number; readonly bytesPerMessage: number };
  /** Has to be written out to let an update lower a limit, drop a subject or take replicas away. @default - refused */
  readonly allowDataLoss?: true;
}

/** A durable place in a stream, whose messages are redelivered until they are acknowledged. */
export interface Consumer {
  /** Letters, digits, `-` and `_`; unique in its stream. */
  readonly name: string;
  /** A stream that the same cluster keeps, its own or a mirror. */
  readonly stream: string;
  /** Messages that it is about. @default - all of the stream */
  readonly subject?: string;
  /** After how long an unacknowledged message is delivered again. @default '10s' */
  readonly ackWait?: Duration;
  /** How many messages may wait for their acknowledgement. 1 keeps the order even when one is delivered again. @default 1 */
  readonly maxAckPending?: number;
  /** How often a message is delivered at most. @default - until it is acknowledged */
  readonly maxDeliver?: number;
}
