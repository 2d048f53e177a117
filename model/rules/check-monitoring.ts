import { type Place, refuse, shown } from '../checks.ts';
import type { OperatorOptions } from '../monitoring.ts';
import type { Cluster } from '../topology.ts';
import { at } from './check-cluster.ts';
import { checkLabels, NOT_LABELS } from './check-labels.ts';

/** How Prometheus gets to metrics, which somebody has to be allowed to read. */
export function checkMonitoring(path: string, { monitoring, scraper }: Cluster): void {
  if (monitoring === undefined) return;
  if (monitoring.kind === 'prometheus-operator')
    checkOperatorOptions((property) => at(`${path}.${property}`), monitoring);
  if (scraper === undefined) {
    const example = "{ serviceAccount: 'prometheus', namespace: 'monitoring' }";
    refuse(at(path), `nobody may read the metrics; name the \`scraper\`, for example ${example}`);
  }
}

export const NOT_A_PAGE =
  'is not the address of a page; use for example https://wiki.example.com/nats/operations';

/** What the objects of the Prometheus Operator and of Grafana are made with. */
export function checkOperatorOptions(within: (property: string) => Place, options: OperatorOptions): void {
  checkLabels(within('labels'), options.labels, NOT_LABELS);
  checkLabels(within('dashboardLabels'), options.dashboardLabels, NOT_LABELS);
  const { runbook } = options;
  if (runbook !== undefined && !/^https?:\/\/[^\s#]+$/.test(runbook))
    refuse(within('runbook'), `${shown(runbook)} ${NOT_A_PAGE}`);
}
