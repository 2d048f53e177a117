import { LEAF } from '../../model/names.ts';
import type { Alert } from '../alert.ts';
import type { MonitoredCluster, RecordingRule } from '../monitored-cluster.ts';
import { absentOnAnyServer, servers } from '../promql.ts';

/** Recorded for each leaf cluster that should be linked to a broker cluster, with labels `cluster` and `leaf`. */
export const EXPECTED_LEAF = 'nats_mtls_leaf_expected';

/** A leaf redials within seconds, and after a silent cut within a minute; then its cluster's pods may restart. */
const RECONNECT = '3m';

/** Links of leaf servers, one for each cluster; `name` is what the server at the other end calls itself. */
export const linkedLeaves = (matchers: string) =>
  `count by (cluster, leaf) (label_replace(nats_leafz_info{${matchers},name=~".+-${LEAF}-[0-9]+"}, "leaf", "$1", "name", "(.+)-${LEAF}-[0-9]+"))`;

/** The leaf clusters of the topology as series, because only a series can be missed by name. */
export const expectedLeaves = (c: MonitoredCluster): RecordingRule[] =>
  c.leaves.map((leaf) => ({
    record: EXPECTED_LEAF,
    expr: 'vector(1)',
    labels: { cluster: c.cluster, leaf },
  }));

/**
 * Links between the clusters, told from both ends. `leafz` is what counts: unlike `varz` it vanishes with the server,
 * and a server that is gone has no links.
 */
export function leafLinkAlerts(c: MonitoredCluster): Alert[] {
  if (c.role === 'leaf') {
    return [
      {
        alert: 'NatsLeafLinkDown',
        severity: 'critical',
        expr: absentOnAnyServer(c, 'nats_leafz_info'),
        for: RECONNECT,
        summary: `{{ $labels.pod }} of ${c.cluster} has no link to ${c.brokerCluster}`,
        description: `Nothing passes between ${c.cluster} and ${c.brokerCluster}. The link is cut, refused, or one of its ends is down.`,
        section: 'the-link-is-cut',
      },
    ];
  }
  if (c.leaves.length === 0) return [];
  return [
    {
      alert: 'NatsLeafLinkDown',
      severity: 'critical',
      expr: `${EXPECTED_LEAF}{cluster="${c.cluster}"}\nunless on (leaf)\n${linkedLeaves(servers(c))}`,
      for: RECONNECT,
      summary: `{{ $labels.leaf }} has no link to ${c.cluster}`,
      description: `No server of ${c.cluster} has a link of {{ $labels.leaf }}. It is cut, refused, or one of its ends is down.`,
      section: 'the-link-is-cut',
    },
  ];
}
