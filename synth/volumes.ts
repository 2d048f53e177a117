import { type Place, refuse } from '../model/checks.ts';
import { bytes } from '../model/quantities.ts';
import { clusterFolder } from '../terminal/output-folder.ts';
import { documents, objectsOf, volumeSizeOf } from './read-manifest.ts';

const CLAIMS = 'volumeClaimTemplates:';
const STREAM = '.stream.json';

/**
 * Refuses what would cost the streams on the volumes of the manifests which these ones replace. Kubernetes can enlarge a
 * volume but not shrink it, and JetStream does not start with less room than its streams have reserved. A nats-server that
 * was alone and becomes part of a cluster deletes its streams after 30 seconds (nats-io/nats-server#5467). Of several that
 * become fewer, those that stay need not have a stream.
 * @throws InvalidInput that names the cluster's property, both values, and what to write instead
 */
export function refuseLosses(
  cluster: string,
  before: string,
  after: string,
  folder = clusterFolder(cluster),
): void {
  // Most manifests have no volume, and reading YAML takes its time.
  if (before === after || !before.includes(CLAIMS)) return;
  const now = stores(after);
  for (const [server, was] of stores(before)) {
    const wanted = now.get(server);
    if (!wanted) continue;
    const at = (property: string): Place => ({ owner: `topology.ts ${cluster}`, property });
    const otherwise = `or delete ${folder} if it was never applied`;
    if (bytes(wanted.size) < bytes(was.size)) {
      refuse(
        at('jetStream.storage.size'),
        `${wanted.size} is less than the ${was.size} that ${server} has, and a volume cannot shrink; use at least ${was.size}, ${otherwise}`,
      );
    }
    if (was.replicas === 1 && wanted.replicas > 1) {
      refuse(
        at('replicas'),
        `${wanted.replicas} in place of 1, and a server that was alone deletes its streams when it joins others; use 1, or begin with empty volumes as docs/operations.md, "Streams", says, ${otherwise}`,
      );
    }
    const [kept] = wanted.replicas < was.replicas ? streamsToKeep(before, after) : [];
    if (kept !== undefined) {
      refuse(
        at('replicas'),
        `${wanted.replicas} in place of ${was.replicas}, and most of the servers that keep ${kept} may be among those that go; use ${was.replicas}, or write \`allowDataLoss: true\` on the stream, as docs/operations.md, "Streams", says`,
      );
    }
  }
}

/** Streams and mirrors that there were and that may not lose a message. Each is on one server or on three. */
function streamsToKeep(before: string, after: string): string[] {
  const allowed = keysOf(after);
  return [...keysOf(before).keys()]
    .filter((key) => key.endsWith(STREAM))
    .map((key) => key.slice(0, -STREAM.length))
    .filter((stream) => !allowed.has(`${stream}.allow-data-loss`));
}

/** What the controllers of the streams are told, by the names of its files. */
const keysOf = (manifests: string): Map<string, string> =>
  new Map(
    documents(manifests)
      .filter((text) => text.includes(STREAM))
      .flatMap(objectsOf)
      .flatMap(({ data }) => Object.entries(data ?? {}) as [string, string][]),
  );

interface Store {
  /** Of each server's volume. */
  readonly size: string;
  readonly replicas: number;
}

/** What the servers keep their streams on, by StatefulSet. */
function stores(manifests: string): Map<string, Store> {
  const texts = documents(manifests).filter((text) => text.includes(CLAIMS));
  return new Map(
    texts.flatMap(objectsOf).flatMap((object) => {
      const size = volumeSizeOf(object);
      const store = size !== undefined && { size, replicas: object.spec.replicas ?? 1 };
      return store ? [[object.metadata.name, store] as const] : [];
    }),
  );
}
