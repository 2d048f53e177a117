import type { Construct } from 'constructs';
import {
  PodMonitor,
  type PodMonitorSpecPodMetricsEndpointsRelabelings as Relabeling,
  PodMonitorSpecPodMetricsEndpointsRelabelingsAction as RelabelingAction,
} from '../../imports/monitoring.coreos.com.ts';

export interface PodMonitorOptions {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Name of the Kubernetes cluster, which each series bears. */
  readonly cluster: string;
  /** Labels of the pods. None select every pod of the namespace. */
  readonly pods: Readonly<Record<string, string>>;
  /**
   * Name of the port. It may be one of an init container, as the proxy is from Linkerd 2.20 on: Prometheus finds those
   * too (prometheus/prometheus#5598).
   */
  readonly port: string;
}

/**
 * Has the Prometheus Operator scrape pods. Their series bear `cluster` and `app`, and `namespace`, `pod` and
 * `container`, which the operator adds itself.
 */
export function podMonitor(scope: Construct, options: PodMonitorOptions): void {
  const { name, namespace, labels, cluster, pods, port } = options;
  const relabelings: Relabeling[] = [
    { action: RelabelingAction.REPLACE, targetLabel: 'cluster', replacement: cluster },
    { action: RelabelingAction.REPLACE, sourceLabels: [podLabel('app')], targetLabel: 'app' },
    // The workload of a meshed pod, under the name that Linkerd's own dashboards ask for.
    { action: RelabelingAction.LABELMAP, regex: podLabel('linkerd_io_proxy_(deployment|statefulset)') },
  ];
  new PodMonitor(scope, name, {
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: pods },
      podMetricsEndpoints: [{ port, path: '/metrics', interval: '15s', relabelings }],
    },
  });
}

const podLabel = (label: string) => `__meta_kubernetes_pod_label_${label}`;
