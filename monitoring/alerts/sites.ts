import { ROUTE_CONNECTIONS } from '../../model/sites.ts';
import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { servers } from '../promql.ts';

/** A route is dialled again every second; then the other site's pod may restart. */
const RECONNECT = '3m';

/** Routes to the broker's other sites. A server that is down itself is another alert's. */
export function siteAlerts(c: MonitoredCluster): Alert[] {
  if (c.otherServers === 0) return [];
  const others = c.replicas - 1 + c.otherServers;
  // With itself, the others of a majority.
  const majority = others / 2;
  const fewer = (routes: number) => `nats_varz_routes{${servers(c)}} < ${routes * ROUTE_CONNECTIONS}`;
  return [
    {
      alert: 'NatsSiteUnreachable',
      severity: 'warning',
      expr: fewer(others),
      for: RECONNECT,
      summary: `{{ $labels.pod }} of ${c.cluster} has {{ $value }} routes, of ${ROUTE_CONNECTIONS} to each of ${others} other servers`,
      description:
        'Another site of the broker is down, or the way there is cut. The rest goes on; with the majority of the sites lost it would not.',
      section: 'a-site-is-lost',
    },
    {
      alert: 'NatsSiteAlone',
      severity: 'critical',
      expr: fewer(majority),
      for: RECONNECT,
      summary: `{{ $labels.pod }} of ${c.cluster} has lost the majority of the sites`,
      description: `Here no message is acknowledged, and no stream or consumer goes on. The other sites may go on without ${c.cluster}.`,
      section: 'a-site-is-lost',
    },
  ];
}
