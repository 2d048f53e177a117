import * as v from 'valibot';
import { NOT_CPU, NOT_MEMORY } from '../checks.ts';
import type { PodOptions } from '../pod-options.ts';
import { NOT_A_LABEL_NAME } from '../rules/check-affinity.ts';
import { NOT_LABELS } from '../rules/check-labels.ts';
import { NOT_ANNOTATIONS } from '../rules/check-listener.ts';
import { NOT_A_PRIORITY_CLASS, NOT_SECONDS } from '../rules/check-pods.ts';
import { AFFINITY } from './affinity-schema.ts';
import { choice, list, number, object, text, texts } from './build.ts';
import type { Assert, Same } from './same.ts';

export const AMOUNTS = object({ cpu: text(NOT_CPU), memory: text(NOT_MEMORY) });

export const RESOURCES = object({ requests: AMOUNTS, limits: AMOUNTS });

export const TOLERATION = object({
  key: v.optional(text(NOT_A_LABEL_NAME)),
  operator: v.optional(choice('Equal', 'Exists')),
  value: v.optional(text("is not a text; write it in quotes, such as 'nats'")),
  effect: v.optional(choice('NoSchedule', 'PreferNoSchedule', 'NoExecute')),
  tolerationSeconds: v.optional(number(NOT_SECONDS)),
});

export const SPREAD = object({
  hosts: v.optional(choice('preferred', 'required')),
  zones: v.optional(choice('preferred', 'required')),
});

export const POD_OPTIONS = object({
  nodeSelector: v.optional(texts(NOT_LABELS)),
  tolerations: v.optional(list(TOLERATION, "[{ key: 'dedicated', value: 'nats', effect: 'NoSchedule' }]")),
  affinity: v.optional(AFFINITY),
  priorityClassName: v.optional(text(NOT_A_PRIORITY_CLASS)),
  spread: v.optional(SPREAD),
  labels: v.optional(texts(NOT_LABELS)),
  annotations: v.optional(texts(NOT_ANNOTATIONS)),
  proxyResources: v.optional(RESOURCES),
  reloaderResources: v.optional(RESOURCES),
  exporterResources: v.optional(RESOURCES),
});

export type PodOptionsIsWhole = Assert<Same<v.InferOutput<typeof POD_OPTIONS>, PodOptions>>;
