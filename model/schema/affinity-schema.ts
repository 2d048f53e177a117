import * as v from 'valibot';
import type { Affinity } from '../affinity.ts';
import { NOT_A_LABEL_NAME, NOT_A_WEIGHT } from '../rules/check-affinity.ts';
import { NOT_LABELS } from '../rules/check-labels.ts';
import { choice, list, number, object, text, texts } from './build.ts';
import type { Assert, Same } from './same.ts';

const NOT_A_VALUE = "is not a text; write it in quotes, such as 'ssd'";
const values = () => v.optional(list(text(NOT_A_VALUE), "['ssd']"));

const LABEL_REQUIREMENT = object({
  key: text(NOT_A_LABEL_NAME),
  operator: choice('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: values(),
});

const NODE_REQUIREMENT = object({
  key: text(NOT_A_LABEL_NAME),
  operator: choice('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'),
  values: values(),
});

const nodeRequirements = () =>
  v.optional(list(NODE_REQUIREMENT, "[{ key: 'disk', operator: 'In', values: ['ssd'] }]"));

const NODE_TERM = object({ matchExpressions: nodeRequirements(), matchFields: nodeRequirements() });

const SELECTOR = object({
  matchLabels: v.optional(texts(NOT_LABELS)),
  matchExpressions: v.optional(list(LABEL_REQUIREMENT, "[{ key: 'app', operator: 'Exists' }]")),
});

const POD_TERM = object({
  topologyKey: text(NOT_A_LABEL_NAME),
  labelSelector: v.optional(SELECTOR),
  namespaces: v.optional(list(text('is not the name of a namespace; use for example shop'), "['shop']")),
  namespaceSelector: v.optional(SELECTOR),
});

const A_POD_TERM =
  "{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'shop' } } }";

const POD_AFFINITY = object({
  requiredDuringSchedulingIgnoredDuringExecution: v.optional(list(POD_TERM, `[${A_POD_TERM}]`)),
  preferredDuringSchedulingIgnoredDuringExecution: v.optional(
    list(
      object({ weight: number(NOT_A_WEIGHT), podAffinityTerm: POD_TERM }),
      `[{ weight: 50, podAffinityTerm: ${A_POD_TERM} }]`,
    ),
  ),
});

const A_NODE_TERM = "{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }";

const NODE_AFFINITY = object({
  requiredDuringSchedulingIgnoredDuringExecution: v.optional(
    object({ nodeSelectorTerms: list(NODE_TERM, `[${A_NODE_TERM}]`) }),
  ),
  preferredDuringSchedulingIgnoredDuringExecution: v.optional(
    list(
      object({ weight: number(NOT_A_WEIGHT), preference: NODE_TERM }),
      `[{ weight: 50, preference: ${A_NODE_TERM} }]`,
    ),
  ),
});

export const AFFINITY = object({
  nodeAffinity: v.optional(NODE_AFFINITY),
  podAffinity: v.optional(POD_AFFINITY),
  podAntiAffinity: v.optional(POD_AFFINITY),
});

export type AffinityIsWhole = Assert<Same<v.InferOutput<typeof AFFINITY>, Affinity>>;
