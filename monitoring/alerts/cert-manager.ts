import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { foreign } from '../promql.ts';

const SECTION = 'cert-manager-does-not-renew-a-certificate';

/** What is left of the time between the planned renewal and the end when an overdue one is told of. */
const LEFT = { warning: 0.75, critical: 0.25 } as const;

/** Certificates that cert-manager has not made or renewed. Of those that it has renewed no end is near. */
export function certManagerAlerts(c: MonitoredCluster): Alert[] {
  if (c.certManagerCertificates === 0) return [];
  return [notReady(c), overdue(c, 'warning'), overdue(c, 'critical'), unwatched(c)];
}

/**
 * A metric of the namespace's Certificates, one result for each. cert-manager says their namespace in the label `namespace`.
 * Prometheus keeps that as `exported_namespace` where the pod that it scrapes has such a label, as with cert-manager's own
 * PodMonitor, and as it is with `honorLabels` or a target without one.
 */
function byName(c: MonitoredCluster, metric: string, ...more: string[]): string {
  const of = (label: string) =>
    `certmanager_certificate_${metric}{${foreign(c, `${label}="${c.namespace}"`, ...more)}}`;
  return `max by (name) (${of('exported_namespace')} or ${of('namespace')})`;
}

const ready = (c: MonitoredCluster) => byName(c, 'ready_status', 'condition="True"');

const notReady = (c: MonitoredCluster): Alert => ({
  alert: 'NatsCertificateNotReady',
  severity: 'critical',
  expr: `${ready(c)} == 0`,
  // One is made within seconds. An issuer elsewhere may be away for minutes.
  for: '10m',
  summary: `cert-manager has not made {{ $labels.name }} of ${c.cluster}`,
  description:
    'It was never made, has ended, or is not what is asked for. Without it pods do not start; with one that has ended new connections are refused.',
  section: SECTION,
});

/**
 * Told by the times that cert-manager gives, and not by what the topology asks for, because an issuer may give less. It begins
 * at the planned time and is done within seconds; after a failure it tries again by itself, an hour later and then ever more
 * rarely. So a quarter of the time until the end is left to it: a week of the thirty days that are the default.
 */
function overdue(c: MonitoredCluster, severity: keyof typeof LEFT): Alert {
  const end = byName(c, 'expiration_timestamp_seconds');
  // 0 is a certificate that was not made, of which another alert tells.
  const renewal = `(${byName(c, 'renewal_timestamp_seconds')} > 0)`;
  return {
    alert: severity === 'warning' ? 'NatsCertificateRenewalOverdue' : 'NatsCertificateRenewalLongOverdue',
    severity,
    expr: `${end} - time()\n< ${LEFT[severity]} *\n(${end} - ${renewal})`,
    summary: `cert-manager was to renew {{ $labels.name }} of ${c.cluster}, which ends in {{ $value | humanizeDuration }}`,
    description:
      'It goes on trying, more and more rarely. When the certificate has ended, new connections are refused.',
    section: SECTION,
  };
}

/** cert-manager's series are gone when it does not run, and then nothing else here would fire. */
const unwatched = (c: MonitoredCluster): Alert => ({
  alert: 'NatsCertificatesUnwatched',
  severity: 'warning',
  expr: `(count(${ready(c)}) or vector(0)) < ${c.certManagerCertificates}`,
  // cert-manager is replaced within minutes, or another one of it takes over.
  for: '15m',
  summary: `cert-manager shows {{ $value }} of the ${c.certManagerCertificates} certificates of ${c.cluster}`,
  description:
    'It does not run, its metrics are not scraped, or a Certificate is not in the cluster. Nobody would see that others are not renewed.',
  section: SECTION,
});
