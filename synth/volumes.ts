import { type Place, refuse } from '../model/checks.ts';
import { bytes } from '../model/quantities.ts';
import { documents, objectsOf, volumeSizeOf } from './read-manifest.ts';

const CLAIMS = 'volumeClaimTemplates:';

/**
 * Refuses volumes that are smaller than in the manifests which these ones replace. Kubernetes can enlarge a volume
 * but not shrink it, and JetStream does not start with less room than its streams have reserved.
 * @throws InvalidInput that names the cluster's storage, both sizes, and what to write instead
 */
export function refuseShrinking(cluster: string, before: string, after: string): void {
  // Most manifests have no volume, and reading YAML takes its time.
  if (before === after || !before.includes(CLAIMS)) return;
  const now = volumeSizes(after);
  for (const [server, was] of volumeSizes(before)) {
    const wanted = now.get(server);
    if (wanted === undefined || bytes(wanted) >= bytes(was)) continue;
    const at: Place = { owner: `topology.ts ${cluster}`, property: 'jetStream.storage.size' };
    refuse(
      at,
      `${wanted} is less than the ${was} that ${server} has, and a volume cannot shrink; use at least ${was}, or delete dist/${cluster} if it was never applied`,
    );
  }
}

/** Size of each server's volume, by StatefulSet. */
function volumeSizes(manifests: string): Map<string, string> {
  const texts = documents(manifests).filter((text) => text.includes(CLAIMS));
  return new Map(
    texts.flatMap(objectsOf).flatMap((object) => {
      const size = volumeSizeOf(object);
      return size === undefined ? [] : [[object.metadata.name, size] as const];
    }),
  );
}
