import type { PrometheusRuleProps } from '../../imports/monitoring.coreos.com.ts';
import type { AlertRule, RecordingRule, RuleGroup } from '../../monitoring/monitored-cluster.ts';

/** Name, namespace and labels of an object. */
export interface RuleMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

/** Groups of rules as an object of the Prometheus Operator, whose `spec` is what a rules file of Prometheus holds. */
export const prometheusRule = (
  { name, namespace, labels }: RuleMetadata,
  groups: readonly RuleGroup<AlertRule | RecordingRule>[],
): PrometheusRuleProps => ({
  metadata: { name, namespace, labels },
  spec: { groups: groups.map((group) => ({ name: group.name, rules: [...group.rules] })) },
});
