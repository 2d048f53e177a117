import * as v from 'valibot';
import type { Monitoring } from '../monitoring.ts';
import { NOT_LABELS } from '../rules/check-labels.ts';
import { NOT_A_PAGE } from '../rules/check-monitoring.ts';
import { NOT_A_DNS_NAME } from '../rules/check-network.ts';
import type { Scraper } from '../scraper.ts';
import { kinds, networks, object, text, texts } from './build.ts';
import type { Assert, Same } from './same.ts';

export const OPERATOR = object({
  kind: v.literal('prometheus-operator'),
  labels: v.optional(texts(NOT_LABELS)),
  dashboardLabels: v.optional(texts(NOT_LABELS)),
  runbook: v.optional(text(NOT_A_PAGE)),
});

export const ANNOTATIONS = object({ kind: v.literal('annotations') });

export const MONITORING = kinds([OPERATOR, ANNOTATIONS], "{ kind: 'prometheus-operator' }");

export const MESHED_SCRAPER = object({
  serviceAccount: text(NOT_A_DNS_NAME),
  namespace: text(NOT_A_DNS_NAME),
});

export const OUTSIDE_SCRAPER = object({ networks: networks('the scraper') });

/** One or the other, by what it has. */
export const SCRAPER: v.LazySchema<typeof MESHED_SCRAPER | typeof OUTSIDE_SCRAPER> = v.lazy((input) =>
  typeof input === 'object' && input !== null && 'networks' in input ? OUTSIDE_SCRAPER : MESHED_SCRAPER,
);

export type MonitoringIsWhole = Assert<Same<v.InferOutput<typeof MONITORING>, Monitoring>>;
export type ScraperIsWhole = Assert<Same<v.InferOutput<typeof SCRAPER>, Scraper>>;
