import type { Affinity, LabelRequirement, LabelSelector, NodeRequirement, PodAffinity } from '../affinity.ts';
import { checkList, type Place, refuse, shown } from '../checks.ts';
import { checkLabelName, checkLabels } from './check-labels.ts';
import { isLabel } from './qualified-name.ts';

export const NOT_A_WEIGHT = 'is not a weight; use a whole number from 1 to 100';
export const NOT_A_LABEL_NAME = 'is not the name of a label; use for example topology.kubernetes.io/zone';

type At = (path: string) => Place;

/** Affinity as Kubernetes takes it. A rule that can match nothing, or anything, is refused. */
export function checkAffinity(at: At, { nodeAffinity, podAffinity, podAntiAffinity }: Affinity = {}): void {
  const required = nodeAffinity?.[REQUIRED];
  const terms = required?.nodeSelectorTerms;
  if (terms?.length === 0)
    refuse(
      at(`.nodeAffinity.${REQUIRED}.nodeSelectorTerms`),
      'is empty and matches no node; list a term, or leave it out',
    );
  for (const [i, term] of (terms ?? []).entries())
    checkTerm((path) => at(`.nodeAffinity.${REQUIRED}.nodeSelectorTerms[${i}]${path}`), term);
  for (const [i, { weight, preference }] of (nodeAffinity?.[PREFERRED] ?? []).entries()) {
    const here: At = (path) => at(`.nodeAffinity.${PREFERRED}[${i}]${path}`);
    checkWeight(here('.weight'), weight);
    checkTerm((path) => here(`.preference${path}`), preference);
  }
  checkPodAffinity((path) => at(`.podAffinity${path}`), podAffinity);
  checkPodAffinity((path) => at(`.podAntiAffinity${path}`), podAntiAffinity);
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function checkTerm(
  at: At,
  {
    matchExpressions = [],
    matchFields = [],
  }: {
    readonly matchExpressions?: readonly NodeRequirement[];
    readonly matchFields?: readonly NodeRequirement[];
  },
): void {
  if (matchExpressions.length + matchFields.length === 0)
    refuse(at(''), 'is empty and matches no node; give it `matchExpressions`');
  for (const [i, each] of matchExpressions.entries())
    checkRequirement((path) => at(`.matchExpressions[${i}]${path}`), each);
  for (const [i, each] of matchFields.entries()) {
    const { key, operator, values } = each;
    const here: At = (path) => at(`.matchFields[${i}]${path}`);
    if (key !== 'metadata.name')
      refuse(here('.key'), `${shown(key)} is not a field of nodes; use metadata.name`);
    if (!/^(Not)?In$/.test(operator) || values?.length !== 1)
      refuse(here(''), 'does not compare with one name; use In or NotIn, and one of `values`');
  }
}

function checkPodAffinity(at: At, affinity: PodAffinity = {}): void {
  const terms = [
    ...(affinity[REQUIRED] ?? []).map((term, i) => [`.${REQUIRED}[${i}]`, term] as const),
    ...(affinity[PREFERRED] ?? []).map(({ podAffinityTerm: term, weight }, i) => {
      checkWeight(at(`.${PREFERRED}[${i}].weight`), weight);
      return [`.${PREFERRED}[${i}].podAffinityTerm`, term] as const;
    }),
  ];
  for (const [path, { topologyKey, labelSelector, namespaceSelector, namespaces }] of terms) {
    checkLabelName(at(`${path}.topologyKey`), topologyKey);
    checkSelector((rest) => at(`${path}.labelSelector${rest}`), labelSelector);
    checkSelector((rest) => at(`${path}.namespaceSelector${rest}`), namespaceSelector);
    checkList(at(`${path}.namespaces`), namespaces, "['shop']");
    for (const [i, name] of (namespaces ?? []).entries()) {
      if (!isLabel(name))
        refuse(
          at(`${path}.namespaces[${i}]`),
          `${shown(name)} is not the name of a namespace; use for example shop`,
        );
    }
  }
}

function checkSelector(at: At, { matchLabels, matchExpressions = [] }: LabelSelector = {}): void {
  checkLabels(at('.matchLabels'), matchLabels);
  for (const [i, each] of matchExpressions.entries())
    checkRequirement((path) => at(`.matchExpressions[${i}]${path}`), each);
}

function checkRequirement(at: At, { key, operator, values = [] }: NodeRequirement | LabelRequirement): void {
  checkLabelName(at('.key'), key);
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      refuse(at('.values'), `cannot be compared by "${operator}"; leave them out, or use In`);
    return;
  }
  if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1 || !/^-?\d{1,18}$/.test(values[0]!))
      refuse(at('.values'), `"${operator}" compares with one whole number; use for example ['3']`);
    return;
  }
  if (values.length === 0)
    refuse(at('.values'), `"${operator}" has nothing to compare with; list \`values\``);
  for (const [i, value] of values.entries()) checkLabels(at(`.values[${i}]`), { value });
}

function checkWeight(place: Place, weight: number): void {
  if (!Number.isInteger(weight) || weight < 1 || weight > 100)
    refuse(place, `${shown(weight)} ${NOT_A_WEIGHT}`);
}
