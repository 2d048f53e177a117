import type { AlertRule, MonitoredCluster } from './monitored-cluster.ts';

/** One condition that a person should know of. */
export interface Alert {
  readonly alert: string;
  /** `critical`: messages are held up or lost now. `warning`: they will be unless somebody acts. */
  readonly severity: 'critical' | 'warning';
  /** PromQL; it has results while the condition holds. */
  readonly expr: string;
  /** How long `expr` has to have results, as a Prometheus duration. @default fires at once */
  readonly for?: string;
  /** One line: who suffers what. */
  readonly summary: string;
  /** What that means, and what is not known yet. */
  readonly description: string;
  /** Anchor of the section of docs/operations.md that says what to do. */
  readonly section: string;
}

/** The rule of an alert; `runbook` is the address of docs/operations.md. */
export function alertRule(alert: Alert, c: MonitoredCluster, runbook: string): AlertRule {
  const { summary, description } = alert;
  return {
    alert: alert.alert,
    expr: alert.expr,
    for: alert.for,
    // Aggregations drop labels; these two are on every alert, so that a route can rely on them.
    labels: { severity: alert.severity, cluster: c.cluster, namespace: c.namespace },
    annotations: { summary, description, runbook_url: `${runbook}#${alert.section}` },
  };
}
