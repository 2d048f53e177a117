import { stringify } from 'yaml';
import type { HeldCertificate } from '../certs/credentials.ts';
import { prometheusRule } from '../constructs/kubernetes/prometheus-rule.ts';
import { PrometheusRule } from '../imports/monitoring.coreos.com.ts';
import type { ClusterModel, Model } from '../model/model.ts';
import { MONITORING } from '../model/names.ts';
import { serverCertificates } from '../model/sites.ts';
import { CERTIFICATE_END } from '../monitoring/alerts/certificates.ts';
import type { RecordingRule } from '../monitoring/monitored-cluster.ts';

/** Within a cluster's folder, beside the alerts that read it. Ignored by git, because it depends on what was minted. */
export const CERTIFICATES_FILE = `${MONITORING}/certificates.k8s.yaml`;

/**
 * Rules that record when each certificate of a cluster ends, for its Prometheus: nothing in the cluster shows the ends of
 * the trust anchor and of the NATS certificates.
 * @returns a manifest, or `undefined` for a cluster that the Prometheus Operator does not watch
 */
export function certificatesManifest(
  { namespace }: Model,
  cluster: ClusterModel,
  held: readonly HeldCertificate[],
): string | undefined {
  const { monitoring } = cluster;
  if (monitoring?.kind !== 'prometheus-operator') return undefined;
  const rules = ofCluster(cluster, held).map(
    ({ name, role, notAfter }): RecordingRule => ({
      record: CERTIFICATE_END,
      expr: `vector(${notAfter.getTime() / 1000})`,
      labels: { cluster: cluster.name, kind: KINDS[role], name },
    }),
  );
  const metadata = { name: 'nats-certificates', namespace, labels: monitoring.labels };
  return stringify(PrometheusRule.manifest(prometheusRule(metadata, [{ name: 'nats-certificates', rules }])));
}

/** What to say where synth knows of no certificate, because somebody else keeps them. */
export const endsWanted = ({ name, monitoring }: ClusterModel): string | undefined =>
  monitoring?.kind === 'prometheus-operator'
    ? `${name}: no ${CERTIFICATES_FILE} without minted certificates; have whoever keeps them record ${CERTIFICATE_END}, see docs/monitoring.md`
    : undefined;

/** What the alerts tell certificates apart by. */
const KINDS: Record<HeldCertificate['role'], 'anchor' | 'issuer' | 'nats-ca' | 'nats'> = {
  anchor: 'anchor',
  issuer: 'issuer',
  'nats-ca': 'nats-ca',
  'nats-issuer': 'nats',
  server: 'nats',
  leaf: 'nats',
  client: 'nats',
};

/** The certificates that a cluster stops working without, and those of its clients and devices outside. */
function ofCluster(cluster: ClusterModel, held: readonly HeldCertificate[]): HeldCertificate[] {
  const shown =
    cluster.role === 'broker' ? serverCertificates(cluster) : [cluster.mqtt?.certificate ?? []].flat();
  const ofUsers = new Set(cluster.users.map(({ certificate }) => certificate));
  const belongs: Record<HeldCertificate['role'], (name: string) => boolean> = {
    anchor: (name) => name === cluster.anchor,
    issuer: (name) => name === cluster.issuer,
    'nats-ca': () => cluster.certificate !== undefined || shown.length > 0,
    'nats-issuer': (name) =>
      cluster.certificates.kind === 'cert-manager' && name === cluster.certificates.intermediate,
    server: (name) => shown.includes(name),
    leaf: (name) => name === cluster.certificate,
    client: (name) => ofUsers.has(name),
  };
  return held.filter(({ role, name }) => belongs[role](name));
}
