import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { namesOf, oneOf, servers } from '../promql.ts';

/**
 * Mirrors that do not follow their stream. The lag that a mirror gives for itself is of no use: it counts what the
 * mirror last heard of, so it stays at 0 for as long as nothing is heard.
 */
export function mirrorAlerts(c: MonitoredCluster): Alert[] {
  if (c.mirrors.length === 0) return [];
  const mirrors = oneOf('stream_name', namesOf(c.mirrors));
  const active = `max by (stream_name) (nats_stream_mirror_active_duration_ns{${servers(c, 'is_stream_leader="true"')}})`;
  const origin = `nats_stream_last_seq{cluster="${c.brokerCluster}",${mirrors}}`;
  const copy = `nats_stream_last_seq{${servers(c, mirrors)}}`;
  /** What a mirror lacks that its stream had some time ago: a mirror has the numbers of its stream. */
  const lacks = (age: string) =>
    [
      `max by (stream_name) (${origin} offset ${age})`,
      '- on (stream_name)',
      `max by (stream_name) (${copy})`,
      '> 0',
    ].join('\n');
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
      // Both clusters have to be scraped by the same Prometheus.
      expr: lacks('5m'),
      for: '5m',
      summary: `Mirror {{ $labels.stream_name }} of ${c.cluster} lacks {{ $value }} messages that are over five minutes old`,
      description: `It is catching up, or cannot reach ${c.brokerCluster}, which keeps the messages until maxAge or maxBytes.`,
      section: 'a-mirror-is-behind',
    },
    {
      alert: 'NatsMirrorStalled',
      severity: 'critical',
      // A heartbeat comes each second, so that the mirror takes itself to be up to date, and no message does.
      expr: [
        lacks('1m'),
        'and on (stream_name)',
        `max by (stream_name) (${copy}) == max by (stream_name) (${copy} offset 3m)`,
        'and on (stream_name)',
        `${active} <= 5e9 >= 0`,
      ].join('\n'),
      for: '2m',
      summary: `Mirror {{ $labels.stream_name }} of ${c.cluster} stands still and lacks {{ $value }} messages of ${c.brokerCluster}`,
      description: `It hears ${c.brokerCluster}, but gets no message, and will not begin again by itself; ${c.brokerCluster} keeps the messages until maxAge or maxBytes.`,
      section: 'a-mirror-is-behind',
    },
  ];
}
