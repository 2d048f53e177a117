/**
 * How Prometheus gets to the metrics of a cluster's NATS servers, which an exporter beside each server then shows at
 * port 7777.
 * - `prometheus-operator`: the Prometheus Operator is told by objects of its own kinds, in `dist/<cluster>/monitoring`;
 *   alerts and a dashboard come with them.
 * - `annotations`: the pods say it themselves, as `prometheus.io/scrape` and its like; there are no alerts then.
 */
export type Monitoring =
  | ({ readonly kind: 'prometheus-operator' } & OperatorOptions)
  | { readonly kind: 'annotations' };

/** What the Prometheus Operator and Grafana know their objects by, and where alerts lead. */
export interface OperatorOptions {
  /**
   * Labels of the PodMonitors and PrometheusRules, by which a Prometheus selects them; kube-prometheus-stack wants
   * `{ release: <name of the Helm release> }`.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the dashboard's ConfigMap, which Grafana's sidecar looks for. @default { grafana_dashboard: '1' } */
  readonly dashboardLabels?: Readonly<Record<string, string>>;
  /**
   * Address of a copy of `docs/operations.md`; each alert links to its section there.
   * @default - the file's path in this project
   */
  readonly runbook?: string;
}
