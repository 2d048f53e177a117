import * as v from 'valibot';
import { NOT_A_NAME, type Place, refuse } from '../checks.ts';
import type { Customize } from '../customize.ts';
import { NOT_A_DURATION } from '../rules/check-jetstream.ts';
import type { Topology } from '../topology.ts';
import { choice, functionOf, listElse, OF_OBJECT, object, text, yesOrNo } from './build.ts';
import { BROKER_CLUSTER, LEAF_CLUSTER } from './cluster-schema.ts';
import { IMAGES } from './images-schema.ts';
import type { Assert, Same } from './same.ts';
import { SECRETS } from './secrets-schema.ts';

export const TOPOLOGY = object({
  brokerCluster: BROKER_CLUSTER,
  leafClusters: listElse(LEAF_CLUSTER, 'is not a list; use [] for a broker without leaves'),
  namespace: v.optional(text(NOT_A_NAME)),
  secrets: v.optional(SECRETS),
  accessPolicy: v.optional(choice('deny', 'audit')),
  ipv6: v.optional(yesOrNo()),
  images: v.optional(IMAGES),
  longestPartition: v.optional(text(NOT_A_DURATION)),
  customize: v.optional(functionOf<Customize>('(objects, cluster) => { … }')),
});

export type TopologyIsWhole = Assert<Same<v.InferOutput<typeof TOPOLOGY>, Topology>>;

/**
 * A value as a topology: its properties have the types that they should, at every depth, and there are no others.
 * @throws InvalidInput about the first of them that has not; one that is misspelt comes before what is missing for it
 */
export function parseTopology(value: unknown): Topology {
  const { success, output, issues } = v.safeParse(TOPOLOGY, value);
  if (success) return output;
  const issue = issues.find(({ expected }) => expected === 'never') ?? issues[0];
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const property = path.at(-1);
  if (issue.input === null && typeof property === 'string') {
    const problem = `has null for "${property}"; give it a value, or leave it out for its default`;
    return refuse(placeOf(path.slice(0, -1)), problem);
  }
  if (issue.expected === 'never') return refuse(placeOf(path.slice(0, -1)), issue.message);
  if (issue.message.startsWith(OF_OBJECT)) return refuse(placeOf(path.slice(0, -1)), issue.message.slice(1));
  return refuse(placeOf(path), issue.message);
}

/** How a path reads in a message: `leafClusters[0].link`. */
const placeOf = (path: readonly (string | number)[]): Place => ({
  owner: 'topology.ts',
  property:
    path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')
      .slice(1) || 'topology',
});
