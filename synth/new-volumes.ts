/** What `kubectl apply` cannot do by itself: the API server takes no change of a StatefulSet's volumes. */
import { kubectl } from '../terminal/kubectl.ts';
import { clusterFolder } from '../terminal/output-folder.ts';
import {
  claimsOf,
  documents,
  keepsAll,
  type Manifests,
  objectsOf,
  volumeSizeOf,
  type WrittenObject,
} from './read-manifest.ts';

/**
 * The commands, and comments about them, that a cluster needs before its new manifests can be applied, because a
 * StatefulSet gets volumes, loses them, or gets larger ones. Its pods run on until the new one replaces them.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistent-volume-claim-retention
 */
export function newVolumes(
  cluster: string,
  before: Manifests,
  after: Manifests,
  folder = clusterFolder(cluster),
): string[] {
  if (keepsAll(before, after)) return [];
  const old = statefulSets(before, after);
  const now = old.size > 0 ? statefulSets(after, before) : old;
  return [...old].flatMap(([key, was]) => {
    const is = now.get(key);
    if (!is || JSON.stringify(claimed(was)) === JSON.stringify(claimed(is))) return [];
    const { name, namespace = 'default' } = was.metadata;
    const line = (command: string) => kubectl(cluster, namespace, command);
    const size = volumeSizeOf(is);
    const claims = size !== undefined && size !== volumeSizeOf(was) ? claimsOf(was) : [];
    const first = `# Before ${folder} is applied`;
    return [
      ...(claims.length > 0 ? [`${first}, where the storage class has allowVolumeExpansion:`] : []),
      ...claims.map((claim) =>
        line(`patch pvc ${claim} -p '{"spec":{"resources":{"requests":{"storage":"${size}"}}}}'`),
      ),
      `${first}, because the volumes of a StatefulSet cannot change; its pods run on:`,
      line(`delete --cascade=orphan --ignore-not-found statefulset.apps/${name}`),
    ];
  });
}

/** Those that differ from the others', because reading YAML takes its time. */
function statefulSets(manifests: Manifests, others: Manifests): Map<string, WrittenObject> {
  const there = new Set([...others.values()].flatMap(documents));
  const objects = [...manifests.values()]
    .flatMap(documents)
    .filter((text) => /^kind: StatefulSet$/m.test(text) && !there.has(text))
    .flatMap(objectsOf);
  return new Map(objects.map((object) => [`${object.metadata.namespace} ${object.metadata.name}`, object]));
}

/** What the claims ask for, without what the API server adds and versions before 0.3 left to it. */
const claimed = ({ spec }: WrittenObject) =>
  ((spec.volumeClaimTemplates ?? []) as WrittenObject[]).map(
    ({ metadata, spec: { volumeMode: _, ...asked } }) => [metadata.name, asked],
  );
