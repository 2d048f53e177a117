/** How Prometheus finds the metrics of a cluster's NATS servers. An exporter next to each server serves them on port 7777. */
export type Monitoring = OperatorMonitoring | AnnotationsMonitoring;

/** How the Prometheus Operator and Grafana select their objects, and where alerts link to. */
export interface OperatorOptions {
  /**
   * Labels of the PodMonitors and PrometheusRules. A Prometheus selects them by these labels; kube-prometheus-stack
   * needs `{ release: <name of the Helm release> }`.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the dashboard's ConfigMap. Grafana's sidecar selects it by them. @default { grafana_dashboard: '1' } */
  readonly dashboardLabels?: Readonly<Record<string, string>>;
  /**
   * URL of a copy of `docs/operations.md`. Each alert links to its section there.
   * @default - the path of the file in this project
   */
  readonly runbook?: string;
}

/** PodMonitors, alerts and a dashboard for the Prometheus Operator, in `dist/<cluster>/monitoring`. */
export interface OperatorMonitoring extends OperatorOptions {
  /** Says which kind of monitoring it is. */
  readonly kind: 'prometheus-operator';
}

/** `prometheus.io/scrape` and related annotations on the pods. There are no alerts. */
export interface AnnotationsMonitoring {
  /** Says which kind of monitoring it is. */
  readonly kind: 'annotations';
}

/** Monitoring with every choice made. */
export type MonitoringModel = OperatorModel | { readonly kind: 'annotations' };

export interface OperatorModel {
  readonly kind: 'prometheus-operator';
  /** `undefined` for none. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly dashboardLabels: Readonly<Record<string, string>>;
  /** `undefined` for the path in this project. */
  readonly runbook: string | undefined;
}
