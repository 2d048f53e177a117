import type { Panel } from './panel.ts';
import { CHOSEN, POD, STREAM } from './panel-queries.ts';

/** How far messages that are kept have come. */
export const streams: readonly Panel[] = [
  {
    title: 'Mirrors: last heard of their stream',
    description: 'Below two seconds while the link stands, because the stream sends a heartbeat each second.',
    unit: 'ns',
    queries: [
      [
        `max by (cluster, stream_name) (nats_stream_mirror_active_duration_ns{${CHOSEN},is_stream_leader="true"})`,
        STREAM,
      ],
    ],
  },
  {
    title: 'Mirrors: messages behind',
    description:
      'How far the last number of each mirror is from that of its stream. Choose both clusters at the top.',
    unit: 'short',
    queries: [
      [
        `max by (stream_name) (nats_stream_last_seq{${CHOSEN}})\n- on (stream_name) group_right\nmax by (cluster, stream_name) (nats_stream_last_seq{${CHOSEN}} and on (cluster, stream_name) nats_stream_mirror_lag)`,
        STREAM,
      ],
    ],
  },
  {
    title: 'Consumers: messages to go',
    description: 'Not yet delivered, or delivered and not acknowledged.',
    unit: 'short',
    queries: [
      [
        `max by (cluster, stream_name, consumer_name) (nats_consumer_num_pending{${CHOSEN},is_consumer_leader="true"} + nats_consumer_num_ack_pending)`,
        '{{cluster}} {{stream_name}} {{consumer_name}}',
      ],
    ],
  },
  {
    title: 'Storage',
    description: 'What the streams of each server take of its volume, and each stream of its maxBytes.',
    unit: 'percentunit',
    queries: [
      [
        `max by (cluster, pod) (nats_varz_jetstream_stats_storage{${CHOSEN}} / nats_varz_jetstream_config_max_storage)`,
        POD,
      ],
      [
        `max by (cluster, stream_name) (nats_stream_total_bytes{${CHOSEN}} / (nats_stream_limit_bytes > 0))`,
        STREAM,
      ],
    ],
  },
];
