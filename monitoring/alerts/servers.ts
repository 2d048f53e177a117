import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { absentOnAnyServer, servers } from '../promql.ts';

/** A pod that is replaced is away for as long; pulling an image is the longest of it. */
const RESTART = '3m';

const ANSWERS = 'value!="unreachable"';

/** Servers that do not answer, or say that they are not well. */
export function serverAlerts(c: MonitoredCluster): Alert[] {
  const majority = Math.floor(c.replicas / 2) + 1;
  const down: Alert = {
    alert: 'NatsServerDown',
    severity: c.replicas > 1 ? 'warning' : 'critical',
    expr: absentOnAnyServer(c, 'nats_healthz_status_value', ANSWERS),
    for: RESTART,
    summary: `{{ $labels.pod }} of ${c.cluster} does not answer`,
    description:
      'Its monitoring port cannot be reached, or its metrics cannot be scraped. The exporter goes on showing the last numbers of a dead server, so panels may look well.',
    section: 'a-server-is-down',
  };
  const majorityDown: Alert = {
    alert: 'NatsMajorityDown',
    severity: 'critical',
    expr: `(count(nats_healthz_status_value{${servers(c, ANSWERS)}}) or vector(0)) < ${majority}`,
    for: RESTART,
    summary: `Fewer than ${majority} of ${c.replicas} servers of ${c.cluster} answer`,
    description: c.jetStream
      ? 'Without a majority no message is acknowledged, and no stream or consumer goes on.'
      : 'Clients and leaves crowd on what is left, or have nowhere to go.',
    section: 'a-server-is-down',
  };
  const unhealthy: Alert = {
    alert: 'NatsServerUnhealthy',
    severity: 'warning',
    expr: `nats_healthz_status_value{${servers(c, 'value!~"ok|unreachable"')}} == 0`,
    // A server that reads large streams from its disk, or catches up, says so for minutes.
    for: '15m',
    summary: `{{ $labels.pod }} of ${c.cluster} answers, but says that it is {{ $labels.value }}`,
    description: '/healthz names what is wrong, such as a stream or consumer that has not recovered.',
    section: 'a-server-is-unhealthy',
  };
  return c.replicas > 1 ? [down, majorityDown, unhealthy] : [down, unhealthy];
}
