import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { oneOf, servers } from '../promql.ts';

/**
 * Mirrors that do not follow their stream. The lag that a mirror gives for itself is of no use: it counts what the
 * mirror last heard of, so it stays at 0 for as long as nothing is heard.
 */
export function mirrorAlerts(c: MonitoredCluster): Alert[] {
  if (c.mirrors.length === 0) return [];
  const mirrors = oneOf('stream_name', c.mirrors);
  const active = `max by (stream_name) (nats_stream_mirror_active_duration_ns{${servers(c, 'is_stream_leader="true"')}})`;
  return [
    {
      alert: 'NatsMirrorInactive',
      severity: 'warning',
      // A stream that has nothing to say still sends a heartbeat each second; -1 is a mirror that has heard nothing.
      expr: `${active} > 30e9\nor\n${active} < 0`,
      for: '3m',
      summary: `Mirror {{ $labels.stream_name }} of ${c.cluster} hears nothing from ${c.brokerCluster}`,
      description: `New messages of the stream do not reach ${c.cluster}; ${c.brokerCluster} keeps them until maxAge or maxBytes.`,
      section: 'a-mirror-is-behind',
    },
    {
      alert: 'NatsMirrorBehind',
      severity: 'warning',
      // Both clusters have to be scraped by the same Prometheus. A mirror has the numbers of its stream.
      expr: [
        `max by (stream_name) (nats_stream_last_seq{cluster="${c.brokerCluster}",${mirrors}} offset 5m)`,
        '- on (stream_name)',
        `max by (stream_name) (nats_stream_last_seq{${servers(c, mirrors)}})`,
        '> 0',
      ].join('\n'),
      for: '5m',
      summary: `Mirror {{ $labels.stream_name }} of ${c.cluster} lacks {{ $value }} messages that are over five minutes old`,
      description: `It is catching up, or cannot reach ${c.brokerCluster}, which keeps the messages until maxAge or maxBytes.`,
      section: 'a-mirror-is-behind',
    },
  ];
}
