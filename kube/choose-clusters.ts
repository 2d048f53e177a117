/** Which clusters a call is about. */
import { refuse, shown } from '../model/checks.ts';
import type { Model } from '../model/model.ts';

/** The command that asks, where no other one does. */
export const DOCTOR = 'npm run doctor';

/** A cluster, and the kubeconfig context by which it is reached. */
export interface ChosenCluster {
  readonly cluster: string;
  readonly context: string;
}

/**
 * Which clusters are meant, and by which context each of them.
 * @param named - names of clusters; none for all of them
 * @param given - contexts, as `<cluster>=<context>`
 * @param owner the command that was called
 * @throws InvalidInput when a cluster is not in the topology, or a context belongs to none of those that are meant
 */
export function chooseClusters(
  model: Model,
  named: readonly string[],
  given: readonly string[],
  owner = DOCTOR,
): ChosenCluster[] {
  const known = model.clusters.map(({ name }) => name);
  for (const name of named) {
    if (!known.includes(name))
      refuse({ owner, property: '--cluster' }, `${shown(name)} is not in topology.ts; use ${listed(known)}`);
  }
  const clusters = named.length > 0 ? known.filter((name) => named.includes(name)) : known;
  const contexts = new Map<string, string>();
  for (const word of given) {
    const [cluster, context] = cut(word, clusters, owner);
    contexts.set(cluster, context);
  }
  return clusters.map((cluster) => ({ cluster, context: contexts.get(cluster) ?? cluster }));
}

/** `vm-a=prod-a`, or the context alone where one cluster is meant. */
function cut(word: string, clusters: readonly string[], owner: string): readonly [string, string] {
  const [, cluster = '', context = ''] = /^([^=]*)=(.+)$/.exec(word) ?? [];
  if (clusters.includes(cluster)) return [cluster, context];
  const [only, ...others] = clusters;
  // Names of contexts may have an equals sign.
  if (only !== undefined && others.length === 0 && word !== '') return [only, word];
  const remedy = `use <cluster>=<context>, where the cluster is ${listed(clusters)}`;
  return refuse(
    { owner, property: '--context' },
    `${shown(word)} does not say which cluster it is for; ${remedy}`,
  );
}

/** A few of many names. */
export const listed = (names: readonly string[]) =>
  names.length > 5
    ? `${names.slice(0, 4).join(', ')} or one of ${names.length - 4} more`
    : names.join(' or ');
