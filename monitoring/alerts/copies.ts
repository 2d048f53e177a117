import type { Alert } from '../alert.ts';
import type { KeptStream, MonitoredCluster } from '../monitored-cluster.ts';
import { absentOnAnyServer, namesOf, oneOf, servers } from '../promql.ts';

const SEQUENCE = 'nats_stream_last_seq';
const SECTION = 'a-stream-lacks-a-copy';
const DESCRIPTION =
  'The others keep every message, and acknowledge new ones while they are a majority. With one server less, they would not be.';

/** Streams and mirrors of which fewer servers have a copy than should, or one that is old. */
export function copyAlerts(c: MonitoredCluster): Alert[] {
  const kept = [...c.streams, ...c.mirrors].filter(({ replicas }) => replicas > 1);
  if (kept.length === 0) return [];
  return c.otherServers === 0 ? [missing(c, kept), behind(c, kept)] : missingHere(c, kept);
}

const missing = (c: MonitoredCluster, kept: readonly KeptStream[]): Alert => ({
  alert: 'NatsStreamCopyMissing',
  severity: 'warning',
  expr: [...new Set(kept.map(({ replicas }) => replicas))]
    .map((replicas) => {
      const names = namesOf(kept.filter((stream) => stream.replicas === replicas));
      return `count by (stream_name) (${sequences(c, names)}) < ${replicas}`;
    })
    .join('\nor\n'),
  // A server that was replaced reads its volume before it says what it has.
  for: '10m',
  summary: `Stream {{ $labels.stream_name }} of ${c.cluster} has {{ $value }} copies, and should have more`,
  description: DESCRIPTION,
  section: SECTION,
});

/** Where every server has a copy; which of five sites have the three of a stream is NATS's choice. */
function missingHere(c: MonitoredCluster, kept: readonly KeptStream[]): Alert[] {
  const everywhere = kept.filter(({ replicas }) => replicas >= c.replicas + c.otherServers);
  if (everywhere.length === 0) return [];
  return [
    {
      alert: 'NatsStreamCopyMissing',
      severity: 'warning',
      expr: everywhere
        .map(({ name }) => absentOnAnyServer(c, SEQUENCE, `stream_name="${name}"`))
        .join('\nor\n'),
      for: '10m',
      summary: `Stream {{ $labels.stream_name }} has no copy on {{ $labels.pod }} of the site ${c.cluster}`,
      description: DESCRIPTION,
      section: SECTION,
    },
  ];
}

const behind = (c: MonitoredCluster, kept: readonly KeptStream[]): Alert => {
  const names = namesOf(kept);
  return {
    alert: 'NatsStreamCopyBehind',
    severity: 'warning',
    expr: [
      `max by (stream_name) (${SEQUENCE}{${servers(c, oneOf('stream_name', names))}} offset 5m)`,
      '- on (stream_name) group_right ()',
      sequences(c, names),
      '> 0',
    ].join('\n'),
    for: '5m',
    summary: `The copy of stream {{ $labels.stream_name }} on {{ $labels.pod }} of ${c.cluster} lacks {{ $value }} messages that are over five minutes old`,
    description: DESCRIPTION,
    section: SECTION,
  };
};

/** One result for each server that has a stream. While it takes the lead, or loses it, two series may tell of it. */
const sequences = (c: MonitoredCluster, streams: readonly string[]) =>
  `max by (pod, stream_name) (${SEQUENCE}{${servers(c, oneOf('stream_name', streams))}})`;
