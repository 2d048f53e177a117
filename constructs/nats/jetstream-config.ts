/**
 * Streams and consumers as the JSON that the `nats` CLI takes, pure text. Whatever the server would fill in is
 * written out, so that a difference is always somebody's change.
 * @see https://github.com/nats-io/jsm.go/tree/main/schemas/jetstream/api/v1
 */
import type { ConsumerModel, Duration, Stream, StreamModel } from '../../model/jetstream.ts';
import { bytes, seconds } from '../../model/quantities.ts';
import { domainApi, mirrorPrefix } from './jetstream-api.ts';

/** A stream of the broker cluster that another cluster mirrors. */
export interface Mirror {
  /** The stream to mirror. */
  readonly stream: Stream;
  /** Name of the cluster that has the stream. It is also the JetStream domain. */
  readonly from: string;
}

export const streamConfig = (stream: StreamModel): string =>
  written({
    ...common(stream),
    subjects: stream.subjects,
    num_replicas: stream.replicas,
    duplicate_window: nanoseconds(stream.duplicateWindow),
  });

/**
 * A copy of another cluster's stream, under the same name and with the same sequence numbers. It has no subjects of
 * its own, or one message would be stored and acknowledged twice (nats-io/nats-server#3161).
 */
export const mirrorConfig = ({ stream, from }: Mirror, cluster: string, replicas: number): string =>
  written({
    ...common(stream),
    num_replicas: replicas,
    mirror: { name: stream.name, external: { api: domainApi(from), deliver: mirrorPrefix(cluster) } },
  });

/** A durable consumer whose messages wait for an acknowledgement. */
export const consumerConfig = (consumer: ConsumerModel): string =>
  written({
    durable_name: consumer.name,
    name: consumer.name,
    deliver_policy: 'all',
    replay_policy: 'instant',
    ack_policy: 'explicit',
    ack_wait: nanoseconds(consumer.ackWait),
    max_ack_pending: consumer.maxAckPending,
    max_deliver: consumer.maxDeliver ?? -1,
    filter_subject: consumer.subject,
  });

const common = ({ name, maxAge, maxBytes }: Stream) => ({
  name,
  retention: 'limits',
  storage: 'file',
  discard: 'old',
  max_age: nanoseconds(maxAge),
  max_bytes: bytes(maxBytes),
  max_consumers: -1,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  metadata: {},
});

const nanoseconds = (duration: Duration) => seconds(duration) * 1e9;

/** One key to a line, which is how the reconciliation script reads it. */
const written = (config: object) => `${JSON.stringify(config, undefined, 2)}\n`;
