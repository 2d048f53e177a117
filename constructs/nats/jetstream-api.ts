/**
 * The subjects of JetStream's API that each principal needs, and no others. They start with `$` and `_`, which no
 * subject of the topology may.
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference
 */
import type { ConsumerModel } from '../../model/jetstream.ts';
import { inboxPrefix } from '../../model/names.ts';
import { APP_ACCOUNT, type Permissions } from './accounts.ts';

/** Where the broker delivers what the streams of a cluster mirror. */
export const mirrorPrefix = (cluster: string) => `_MIRROR.${cluster}`;

/** The API of another cluster's JetStream, by its domain. */
export const domainApi = (domain: string) => `$JS.${domain}.API`;

/** Whoever waits for answers listens to inboxes of its own. */
export const replies = (user: string) => `${inboxPrefix(user)}.>`;

/**
 * Subjects on which a stream's server is answered: acknowledgements, and flow control. nats-server is about to put the
 * domain and a hash of the account before the stream; which of the two forms it asks for is its own choice.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
const answers = (kind: 'ACK' | 'FC', domain: string, path: string): string[] => [
  `$JS.${kind}.${path}`,
  `$JS.${kind}.${domain}.*.${path}`,
];

/** Reads one durable consumer, acknowledges what it has read, and goes back to what it has not done with. */
export const consumerUse = (domain: string, stream: string, consumer: string): string[] => [
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
  `$JS.API.CONSUMER.RESET.${stream}.${consumer}`,
  ...answers('ACK', domain, `${stream}.${consumer}.>`),
];

/** The `nats` CLI asks for the account's limits before it makes anything. */
export const ACCOUNT_INFO = '$JS.API.INFO';

/** Makes streams, and changes what can be changed. It can neither read nor delete a message. */
export const streamReconcile = (stream: string): string[] =>
  ['INFO', 'CREATE', 'UPDATE'].map((action) => `$JS.API.STREAM.${action}.${stream}`);

/** Has a copy of a stream leave a server, for one that NATS chooses and that has caught up by then. */
export const streamMove = (stream: string) => `$JS.API.ACCOUNT.STREAM.MOVE.${APP_ACCOUNT}.${stream}`;

/** To see what is there that the topology does not have: names only. */
export const lookAround = (streams: readonly string[]): string[] => [
  '$JS.API.STREAM.NAMES',
  ...streams.map((stream) => `$JS.API.CONSUMER.NAMES.${stream}`),
];

/** Deletes a stream (`OLD`) or a consumer (`EVENTS.audit`). */
export const removal = (asset: string): string[] => {
  const kind = asset.includes('.') ? 'CONSUMER' : 'STREAM';
  return ['INFO', 'DELETE'].map((action) => `$JS.API.${kind}.${action}.${asset}`);
};

/** How far the stream of another cluster is, which a mirror copies. */
export const originInfo = (domain: string, stream: string) => `${domainApi(domain)}.STREAM.INFO.${stream}`;

/** Where a cluster's controller hears that: below what the broker delivers to this cluster anyway. */
export const originReplies = (cluster: string) => `${mirrorPrefix(cluster)}.info`;

/** Makes and changes one durable consumer. */
export const consumerReconcile = ({ stream, name, subject }: ConsumerModel): string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.${name}`,
  `$JS.API.CONSUMER.CREATE.${stream}.${name}${subject === undefined ? '' : `.${subject}`}`,
];

/** What a leaf cluster does with the broker's JetStream. */
export interface LeafUse {
  /** Name of the leaf's cluster. */
  readonly cluster: string;
  /** The broker's streams that it keeps a copy of. @default - none */
  readonly mirrors?: readonly string[];
  /** Its users that publish to the broker's streams and wait for the acknowledgement. @default - none */
  readonly acknowledged?: readonly string[];
}

/** To mirror a stream, the leaf's servers have the broker make a consumer that delivers to them. */
export const mirroring = (
  broker: string,
  { cluster, mirrors = [], acknowledged = [] }: LeafUse,
): Permissions => ({
  publish: mirrors.flatMap((stream) => [
    `${domainApi(broker)}.CONSUMER.CREATE.${stream}`,
    originInfo(broker, stream),
    // The mirror says that it has caught up. Unanswered, the broker sends 2 MiB and then nothing more, for good.
    ...answers('FC', broker, `${stream}.*.*`),
  ]),
  subscribe: [
    ...(mirrors.length > 0 ? [`${mirrorPrefix(cluster)}.>`, '$JSC.R.>'] : []),
    ...acknowledged.map(replies),
  ],
});
