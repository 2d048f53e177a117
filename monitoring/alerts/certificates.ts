import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { foreign } from '../promql.ts';

/** Recorded from the minted certificates, with labels `cluster`, `kind` and `name`. */
export const CERTIFICATE_END = 'nats_mtls_certificate_expiration_timestamp_seconds';

/** Days before the end of a certificate that lasts a year, and of a root, whose replacement takes three stages. */
const DAYS = { warning: [60, 180], critical: [14, 60] } as const;

/** A proxy's certificate lasts 24 hours, and is renewed before 7 of them are left. */
const PROXY_HOURS = 4;

/** Certificates that end before somebody renews them. */
export const certificateAlerts = (c: MonitoredCluster): Alert[] => [
  endsWithin(c, 'warning'),
  endsWithin(c, 'critical'),
  issuer(c),
  proxy(c),
];

function endsWithin(c: MonitoredCluster, severity: 'warning' | 'critical'): Alert {
  const [year, root] = DAYS[severity];
  const left = (kinds: string) => `${CERTIFICATE_END}{cluster="${c.cluster}",kind=~"${kinds}"} - time()`;
  const days = (number: number) => `${number} * 86400`;
  return {
    alert: severity === 'warning' ? 'NatsMtlsCertificateEndsSoon' : 'NatsMtlsCertificateEndsVerySoon',
    severity,
    expr: `${left('nats|issuer')} < ${days(year)}\nor\n${left('anchor|nats-ca')} < ${days(root)}`,
    summary: `Certificate {{ $labels.name }} of ${c.cluster} ends in {{ $value | humanizeDuration }}`,
    description:
      'After that new connections are refused. The date is that of the certificate that was minted, whether or not it has been applied.',
    section: 'certificates-expire',
  };
}

/** What the identity controller really uses, should it have missed the renewed one (linkerd/linkerd2#15109). */
const issuer = (c: MonitoredCluster): Alert => ({
  alert: 'LinkerdIssuerEndsSoon',
  severity: 'critical',
  expr: `issuer_cert_ttl_seconds{${foreign(c)}} < ${DAYS.critical[0]} * 86400`,
  for: '15m',
  summary: `The issuer that Linkerd uses in ${c.cluster} ends in {{ $value | humanizeDuration }}`,
  description:
    'After that no proxy gets a certificate, and within a day no pod reaches another. Where the minted issuer is newer, the identity controller has not taken it.',
  section: 'certificates-expire',
});

/** The documented name of this metric, without `control_`, is from before April 2024 (linkerd/website#1776). */
const proxy = (c: MonitoredCluster): Alert => {
  const end = `control_identity_cert_expiration_timestamp_seconds{${foreign(c, `namespace="${c.namespace}"`)}}`;
  return {
    alert: 'LinkerdProxyCertificateNotRenewed',
    severity: 'critical',
    // 0 is a proxy that waits for its first certificate.
    expr: `(${end} > 0) - time() < ${PROXY_HOURS} * 3600`,
    for: '5m',
    summary: `The proxy of {{ $labels.pod }} in ${c.cluster} has a certificate for {{ $value | humanizeDuration }} more`,
    description: 'It is renewed hours before, so the proxy cannot reach the identity controller.',
    section: 'a-proxys-certificate-is-not-renewed',
  };
};
