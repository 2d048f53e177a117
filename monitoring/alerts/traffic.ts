import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { namesOf, oneOf, servers } from '../promql.ts';

/** Clients that are too slow, and publishers that fell silent. */
export function trafficAlerts(c: MonitoredCluster): Alert[] {
  const slow: Alert = {
    alert: 'NatsSlowConsumers',
    severity: 'warning',
    // The number counts up for as long as the server runs, so only its growth says anything about now.
    expr: `increase(nats_varz_slow_consumers{${servers(c)}}[15m]) > 0`,
    summary: `{{ $labels.pod }} of ${c.cluster} cut off connections that read too slowly`,
    description: 'What was on the way to them over core NATS is lost; consumers of streams get it again.',
    section: 'slow-consumers',
  };
  const flow = publishing(c);
  if (!flow) return [slow];
  const stopped: Alert = {
    alert: 'NatsPublishingStopped',
    severity: 'warning',
    // Whoever never published, or not for a day, has not stopped.
    expr: `max by (${flow.by}) (changes(${flow.series}[15m])) == 0\nand\nmax by (${flow.by}) (changes(${flow.series}[1d])) > 0`,
    for: '5m',
    summary: flow.summary,
    description:
      'Messages came within the last day, and none for 20 minutes. Publishers may be down or refused, or have nothing to say; silence this alert where that is usual.',
    section: 'nothing-is-published',
  };
  return [slow, stopped];
}

/**
 * A series that moves with each published message. Streams are the surest, and tell of publishers anywhere. In a
 * cluster with JetStream clients also send acknowledgements and requests, which look like messages; without it, only
 * publishers send anything.
 */
function publishing(c: MonitoredCluster) {
  if (c.streams.length > 0) {
    return {
      series: `nats_stream_last_seq{${servers(c, oneOf('stream_name', namesOf(c.streams)))}}`,
      by: 'stream_name',
      summary: `Stream {{ $labels.stream_name }} of ${c.cluster} gets no more messages`,
    };
  }
  if (c.publishes && !c.jetStream) {
    return {
      series: `nats_varz_in_client_msgs{${servers(c)}}`,
      by: 'app',
      summary: `Clients of ${c.cluster} publish no more`,
    };
  }
  return undefined;
}
