/** What a user says about applications that somebody else deploys. Types only. */
import type { Chosen } from './chosen.ts';

/**
 * An application that somebody else deploys, in a meshed namespace of its own in the same cluster. Synth deploys nothing
 * for it: it lets its service account in, and writes its Secret to `dist/<cluster>/clients/<namespace>/`.
 */
export interface Client {
  /** Name of its certificate and, after `nats-`, of its Secret; a DNS label. */
  readonly name: string;
  /** Namespace of its pods. Nothing creates it. */
  readonly namespace: string;
  /** Service account of its pods, of which no other client may be. @default - its name */
  readonly serviceAccount?: string;
  /** NATS user name, unique in its cluster. Its inboxes begin with `_INBOX_<user>`. @default - its name */
  readonly user?: string;
  /** Subjects that it may publish to; wildcards are allowed. @default - none */
  readonly publish?: readonly string[];
  /** Subjects that it may subscribe to; wildcards are allowed. @default - none */
  readonly subscribe?: readonly string[];
  /**
   * A stream. A client that publishes has its messages stored there; a client that publishes nothing, or has a
   * `consumer`, reads it, or the mirror of its own cluster.
   * @default - core NATS: only clients that are connected receive a message
   */
  readonly stream?: string;
  /**
   * The durable consumer of the `stream` from which it reads: one of the cluster's `consumers`.
   * @default - a consumer of its own, with the client's name, for a client that publishes nothing
   */
  readonly consumer?: string;
  /** Labels of its pods, without which the NetworkPolicy lets no pod of that namespace in. @default - every pod of it */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/**
 * Such an application with every choice made. Without a `consumer` it reads no stream; without `podLabels` every pod of
 * its namespace is let in.
 */
export type ClientModel = Chosen<Client, 'stream' | 'consumer' | 'podLabels'>;
