/** Understands the words of a call. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../certs/command.ts';
import { ISSUED } from '../certs/store.ts';
import { refuse, shown } from '../model/checks.ts';
import type { Topology } from '../model/topology.ts';

/** A cluster, and the kubeconfig context by which it is reached. */
export interface Target {
  readonly cluster: string;
  readonly context: string;
}

export interface Call {
  readonly targets: readonly Target[];
  /** Folder of what `npm run certs` keeps. */
  readonly folder: string;
  readonly json: boolean;
}

const at = (property: string) => ({ owner: 'npm run doctor', property });

/**
 * Which clusters are meant, and by which context each of them.
 * @throws UsageError when a word is unknown
 * @throws InvalidInput when a cluster is not in the topology, or a context belongs to none of those that are meant
 */
export function parseCall(words: readonly string[], topology: Topology): Call {
  const { cluster: chosen = [], context: given = [], folder, json = false } = parseWords(words);
  if (folder === '') throw new UsageError();
  const known = [topology.brokerCluster, ...topology.leafClusters].map(({ name }) => name);
  for (const name of chosen) {
    if (!known.includes(name))
      refuse(at('--cluster'), `${shown(name)} is not in topology.ts; use ${listed(known)}`);
  }
  const clusters = chosen.length > 0 ? known.filter((name) => chosen.includes(name)) : known;
  const contexts = new Map<string, string>();
  for (const word of given) {
    const [cluster, context] = cut(word, clusters);
    contexts.set(cluster, context);
  }
  const targets = clusters.map((cluster) => ({ cluster, context: contexts.get(cluster) ?? cluster }));
  return { targets, folder: folder === undefined ? ISSUED : resolve(folder), json };
}

function parseWords(words: readonly string[]) {
  const many = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args: [...words],
      options: { cluster: many, context: many, folder: { type: 'string' }, json: { type: 'boolean' } },
    }).values;
  } catch {
    throw new UsageError();
  }
}

/** `vm-a=prod-a`, or the context alone where one cluster is meant. */
function cut(word: string, clusters: readonly string[]): readonly [string, string] {
  const [, cluster = '', context = ''] = /^([^=]*)=(.+)$/.exec(word) ?? [];
  if (clusters.includes(cluster)) return [cluster, context];
  const [only, ...others] = clusters;
  // Names of contexts may have an equals sign.
  if (only !== undefined && others.length === 0 && word !== '') return [only, word];
  const remedy = `use <cluster>=<context>, where the cluster is ${listed(clusters)}`;
  return refuse(at('--context'), `${shown(word)} does not say which cluster it is for; ${remedy}`);
}

/** A few of many names. */
export const listed = (names: readonly string[]) =>
  names.length > 5
    ? `${names.slice(0, 4).join(', ')} or one of ${names.length - 4} more`
    : names.join(' or ');
