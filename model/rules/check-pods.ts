import { checkResources, type Place, refuse, shown } from '../checks.ts';
import { RECOMMENDED_LABELS } from '../names.ts';
import type { PodOptions, Toleration } from '../pod-options.ts';
import { checkAffinity } from './check-affinity.ts';
import {
  checkAnnotations,
  checkLabelName,
  checkLabels,
  checkLabelValue,
  type Labels,
} from './check-labels.ts';
import { isOf, isSubdomain } from './qualified-name.ts';

export const NOT_A_PRIORITY_CLASS =
  "is not the name of a PriorityClass; use lower-case letters, digits, '-' and '.'";
export const NOT_SECONDS = 'is not a number of seconds; use a whole number from 0';

/** What an operator says of pods. */
export function checkPods(within: (property: string) => Place, pods: PodOptions = {}): PodOptions {
  checkLabels(within('nodeSelector'), pods.nodeSelector);
  for (const [i, toleration] of (pods.tolerations ?? []).entries())
    checkToleration((property) => within(`tolerations[${i}]${property}`), toleration);
  checkAffinity((property) => within(`affinity${property}`), pods.affinity);
  const { priorityClassName } = pods;
  if (priorityClassName !== undefined && !isSubdomain(priorityClassName))
    refuse(within('priorityClassName'), `${shown(priorityClassName)} ${NOT_A_PRIORITY_CLASS}`);
  checkLabels(within('labels'), pods.labels);
  refuseOurs(within('labels'), pods.labels, ownerOfLabel);
  checkAnnotations(within('annotations'), pods.annotations);
  refuseOurs(within('annotations'), pods.annotations, ownerOfAnnotation);
  for (const property of ['proxyResources', 'reloaderResources', 'exporterResources'] as const) {
    const resources = pods[property];
    if (resources) checkResources(within(property), resources);
  }
  return pods;
}

function checkToleration(at: (property: string) => Place, toleration: Toleration): void {
  const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration;
  if (key === undefined && operator !== 'Exists')
    refuse(
      at(''),
      "has no key, so that it matches no taint; name one, or write `operator: 'Exists'` for every taint",
    );
  if (key !== undefined) checkLabelName(at('.key'), key, 'taint');
  if (operator === 'Exists' && value !== undefined)
    refuse(at('.value'), `${shown(value)} cannot be compared by "Exists"; leave it out, or use Equal`);
  if (value !== undefined) checkLabelValue(at('.value'), value);
  if (tolerationSeconds === undefined) return;
  if (!Number.isInteger(tolerationSeconds) || tolerationSeconds < 0)
    refuse(at('.tolerationSeconds'), `${shown(tolerationSeconds)} ${NOT_SECONDS}`);
  if (effect !== 'NoExecute')
    refuse(
      at('.tolerationSeconds'),
      "is for a taint that evicts; write `effect: 'NoExecute'`, or leave it out",
    );
}

function refuseOurs(place: Place, given: Labels = {}, ownerOf: (key: string) => string | undefined): void {
  for (const key of Object.keys(given)) {
    const owner = ownerOf(key);
    if (owner !== undefined) refuse(place, `${shown(key)} ${owner}; use another name`);
  }
}

const OURS = new Set<string>(['app', ...Object.values(RECOMMENDED_LABELS)]);
const CONTROLLERS =
  /^(pod-template-hash|controller-revision-hash|statefulset\.kubernetes\.io\/.*|apps\.kubernetes\.io\/.*)$/;

function ownerOfLabel(key: string): string | undefined {
  if (OURS.has(key)) return 'is what the manifests say and Services and policies select';
  if (isOf('linkerd.io', key)) return "is Linkerd's own";
  return CONTROLLERS.test(key) ? "is set by Kubernetes' own controllers" : undefined;
}

/** What Linkerd may be told here: it changes neither what is encrypted nor who is admitted. */
const HARMLESS = new Set(
  [
    'access-log',
    'image-pull-policy',
    'proxy-image',
    'proxy-log-format',
    'proxy-log-level',
    'proxy-version',
  ].map((name) => `config.linkerd.io/${name}`),
);

/** Whether Linkerd takes an annotation for more than how its proxy is run. */
export const isOfMesh = (key: string) => isOf('linkerd.io', key) && !HARMLESS.has(key);

function ownerOfAnnotation(key: string): string | undefined {
  if (isOfMesh(key)) return `could change what Linkerd encrypts or admits, which the manifests decide`;
  if (isOf('prometheus.io', key)) return 'is what `monitoring` decides';
  return key.startsWith('checksum/') ? 'is how the manifests roll the pods' : undefined;
}
