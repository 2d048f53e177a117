import { at, checkChoice, checkKeys } from './check-cluster.ts';
import { type Place, refuse, shown } from './checks.ts';
import type { Monitoring, OperatorOptions } from './monitoring.ts';
import type { Cluster } from './topology.ts';

/** How Prometheus gets to metrics, which somebody has to be allowed to read. */
export function checkMonitoring(path: string, { monitoring, scraper }: Cluster): void {
  if (monitoring === undefined) return;
  const kinds: Record<Monitoring['kind'], Readonly<Record<string, true>>> = {
    'prometheus-operator': { kind: true, labels: true, dashboardLabels: true, runbook: true },
    annotations: { kind: true },
  };
  const choices = Object.keys(kinds);
  if (typeof monitoring !== 'object' || monitoring === null)
    refuse(at(path), `${shown(monitoring)} is not an object; use for example { kind: '${choices[0]}' }`);
  checkChoice(at(`${path}.kind`), monitoring.kind, choices);
  checkKeys(at(path), monitoring, kinds[monitoring.kind]);
  if (monitoring.kind === 'prometheus-operator')
    checkOperatorOptions((property) => at(`${path}.${property}`), monitoring);
  if (scraper === undefined) {
    const example = "{ serviceAccount: 'prometheus', namespace: 'monitoring' }";
    refuse(at(path), `nobody may read the metrics; name the \`scraper\`, for example ${example}`);
  }
}

/** What the objects of the Prometheus Operator and of Grafana are made with. */
export function checkOperatorOptions(within: (property: string) => Place, options: OperatorOptions): void {
  checkLabels(within('labels'), options.labels);
  checkLabels(within('dashboardLabels'), options.dashboardLabels);
  const { runbook } = options;
  if (runbook !== undefined && !/^https?:\/\/[^\s#]+$/.test(runbook))
    refuse(
      within('runbook'),
      `${shown(runbook)} is not the address of a page; use for example https://wiki.example.com/nats/operations`,
    );
}

const NAME = /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Labels as Kubernetes takes them.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
function checkLabels(place: Place, labels: Readonly<Record<string, string>> = {}): void {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels))
    refuse(place, `${shown(labels)} is not an object; use for example { release: 'monitoring' }`);
  for (const [key, value] of Object.entries(labels)) {
    const [name = '', prefix, ...rest] = key.split('/').reverse();
    if (!NAME.test(name) || (prefix !== undefined && !PREFIX.test(prefix)) || rest.length > 0)
      refuse(place, `${shown(key)} is not the name of a label; use for example release`);
    if (typeof value !== 'string' || (value !== '' && !NAME.test(value)))
      refuse(
        place,
        `${shown(value)} is not the value of a label; use at most 63 letters, digits, '-', '_' and '.'`,
      );
  }
}
