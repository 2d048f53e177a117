import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { servers } from '../promql.ts';
import { copyAlerts } from './copies.ts';
import { mirrorAlerts } from './mirrors.ts';

/** The alerts of a cluster that keeps messages. */
export function jetStreamAlerts(c: MonitoredCluster): Alert[] {
  if (!c.jetStream) return [];
  const hasElections = c.replicas + c.otherServers > 1;
  return [
    ...[disabled(c), storage(c), stream(c)],
    ...(hasElections ? [leader(c)] : []),
    consumer(c),
    ...copyAlerts(c),
    ...mirrorAlerts(c),
  ];
}

const disabled = (c: MonitoredCluster): Alert => ({
  alert: 'NatsJetStreamDisabled',
  severity: 'critical',
  expr: `nats_server_jetstream_disabled{${servers(c)}} == 1`,
  // The monitoring port opens before JetStream has read its volume.
  for: '5m',
  summary: `{{ $labels.pod }} of ${c.cluster} has switched JetStream off`,
  description: 'A server does that when it cannot write to its volume. It keeps and delivers no messages.',
  section: 'jetstream-is-disabled',
});

const storage = (c: MonitoredCluster): Alert => ({
  alert: 'NatsStorageNearlyFull',
  severity: 'warning',
  expr: `nats_varz_jetstream_stats_storage{${servers(c)}} / nats_varz_jetstream_config_max_storage{${servers(c)}} > 0.9`,
  for: '15m',
  summary: `{{ $labels.pod }} of ${c.cluster} has used {{ $value | humanizePercentage }} of its storage`,
  description: 'When it is full, streams take no more messages and publishers are not acknowledged.',
  section: 'storage-is-nearly-full',
});

const stream = (c: MonitoredCluster): Alert => {
  const largest = (metric: string) => `max by (stream_name) (nats_stream_${metric}{${servers(c)}})`;
  return {
    alert: 'NatsStreamNearlyFull',
    severity: 'warning',
    expr: `${largest('total_bytes')}\n/\n(${largest('limit_bytes')} > 0) > 0.9`,
    for: '15m',
    summary: `Stream {{ $labels.stream_name }} of ${c.cluster} has used {{ $value | humanizePercentage }} of its maxBytes`,
    description:
      'At its limit the oldest messages make way before maxAge, and a cluster that is cut off for long misses them.',
    section: 'storage-is-nearly-full',
  };
};

/** Half an hour may see two rollouts, in each of which every server loses the streams that it leads. */
const leader = (c: MonitoredCluster): Alert => {
  const each = (value: string, ...more: readonly string[]) =>
    `max by (pod, stream_name) (nats_stream_last_seq{${servers(c, ...more)}}) * 0${value}`;
  return {
    alert: 'NatsStreamLeaderUnsettled',
    severity: 'warning',
    // Whoever takes the lead has a new series. So each server is 1 or 0, and goes from 1 to 0 when it loses it.
    expr: [
      'sum by (stream_name) (resets((',
      `  ${each(' + 1', 'is_stream_leader="true"')}`,
      '  or',
      `  ${each('')}`,
      `)[30m:1m])) > ${2 * c.replicas}`,
    ].join('\n'),
    summary: `Stream {{ $labels.stream_name }} of ${c.cluster} has lost its leader {{ $value }} times within half an hour`,
    description:
      'Its servers do not hear from each other in time. At each change nothing is acknowledged for seconds; nothing is lost.',
    section: 'a-leader-does-not-settle',
  };
};

/** Only the leader of a consumer knows what it has still to deliver; the others say 0. */
const consumer = (c: MonitoredCluster): Alert => {
  const leader = servers(c, 'is_consumer_leader="true"');
  const lastSequence = `nats_stream_last_seq{${servers(c)}}`;
  return {
    alert: 'NatsConsumerBehind',
    severity: 'warning',
    // Measured in what came in within five minutes, a limit suits any rate.
    expr: [
      `max by (stream_name, consumer_name) (nats_consumer_num_pending{${leader}} + nats_consumer_num_ack_pending{${leader}})`,
      '> on (stream_name) group_left ()',
      `(max by (stream_name) (${lastSequence}) - max by (stream_name) (${lastSequence} offset 5m))`,
    ].join('\n'),
    for: '5m',
    summary: `Consumer {{ $labels.consumer_name }} of {{ $labels.stream_name }} in ${c.cluster} has {{ $value }} messages to go`,
    description:
      'That is more than five minutes of messages: whoever reads it is down, too slow, or fails on a message.',
    section: 'a-consumer-is-behind',
  };
};
