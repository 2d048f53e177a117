import type { Alert } from '../alert.ts';
import type { MonitoredCluster } from '../monitored-cluster.ts';
import { foreign, servers } from '../promql.ts';

/**
 * Pods without a proxy. That a NATS server has none shows in its proxy's metrics being absent while its own are
 * there. Of other pods only kube-state-metrics knows; where it is not scraped, they are not watched.
 */
export function meshAlerts(c: MonitoredCluster): Alert[] {
  const here = (...more: string[]) => foreign(c, `namespace="${c.namespace}"`, ...more);
  const proxies = here('container="linkerd-proxy"');
  return [
    {
      alert: 'LinkerdPodUnmeshed',
      severity: 'critical',
      // From Linkerd 2.20 on the proxy is an init container that runs on.
      expr: [
        `max by (pod) (nats_healthz_status_value{${servers(c)}})`,
        'unless on (pod)',
        `control_identity_cert_expiration_timestamp_seconds{${here()}}`,
        'or',
        `max by (pod) (kube_pod_status_phase{${here('phase="Running"')}} == 1)`,
        'unless on (pod)',
        `(kube_pod_container_info{${proxies}} or kube_pod_init_container_info{${proxies}})`,
      ].join('\n'),
      for: '5m',
      summary: `{{ $labels.pod }} of ${c.cluster} runs without Linkerd's proxy`,
      description:
        'Nothing proves who it is or encrypts its connections within the cluster, and the policies refuse it. Or its proxy is there and cannot be scraped.',
      section: 'a-pod-is-not-meshed',
    },
  ];
}
