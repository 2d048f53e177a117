import { CONFIG_FILE } from '../constructs/nats/config-file.ts';
import { at, listed, readConf } from '../constructs/nats/read-conf.ts';
import { PLACEMENT_FILE } from '../constructs/nats-streams.ts';
import { type Place, refuse } from '../model/checks.ts';
import { BROKER } from '../model/names.ts';
import { bytes } from '../model/quantities.ts';
import type { Placement } from '../model/sites.ts';
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
  const [had, has] = [keysOf(before), keysOf(after)];
  for (const [server, was] of stores(before)) {
    const wanted = now.get(server);
    if (!wanted) continue;
    const place = (property: string): Place => ({ owner: `topology.ts ${cluster}`, property });
    const otherwise = `or delete ${folder} if it was never applied`;
    if (bytes(wanted.size) < bytes(was.size)) {
      refuse(
        place('jetStream.storage.size'),
        `${wanted.size} is less than the ${was.size} that ${server} has, and a volume cannot shrink; use at least ${was.size}, ${otherwise}`,
      );
    }
    if (was.servers === 1 && wanted.servers > 1) {
      refuse(
        place(wanted.replicas > 1 ? 'replicas' : 'furtherSites'),
        `${wanted.servers} in place of 1, and a server that was alone deletes its streams when it joins others; use 1, or begin with empty volumes as docs/operations.md, "Streams", says, ${otherwise}`,
      );
    }
    const fewerHere = wanted.replicas < was.replicas;
    const [kept] = fewerHere && placementIn(had) === undefined ? streamsToKeep(had, has) : [];
    if (kept !== undefined) {
      refuse(
        place('replicas'),
        `${wanted.replicas} in place of ${was.replicas}, and most of the servers that keep ${kept} may be among those that go; use ${was.replicas}, or write \`allowDataLoss: true\` on the stream, as docs/operations.md, "Streams", says`,
      );
    }
  }
  refuseLostSites(cluster, had, has);
}

/** Of three copies one may go, each on a site of its own; with two, what only they had is gone. */
function refuseLostSites(cluster: string, had: Keys, has: Keys): void {
  const { keep, leave } = placementIn(has) ?? { keep: [], leave: [] };
  const stays = new Set([...keep, ...leave]);
  const isHere = (server: string) => server.startsWith(`${cluster}-${BROKER}-`);
  const gone = placementIn(had)?.keep.filter((server) => !stays.has(server) && !isHere(server)) ?? [];
  const [kept] = gone.length > 1 ? streamsToKeep(had, has) : [];
  if (kept !== undefined)
    refuse(
      { owner: `topology.ts ${cluster}`, property: 'furtherSites' },
      `${gone.join(' and ')} go together, and ${kept} may have most of its copies there; let the sites retire first, as docs/operations.md, "A site retires", says, or write \`allowDataLoss: true\` on the stream`,
    );
}

/** Streams and mirrors that there were and that may not lose a message. Each is on one server or on three. */
function streamsToKeep(had: Keys, has: Keys): string[] {
  return [...had.keys()]
    .filter((key) => key.endsWith(STREAM))
    .map((key) => key.slice(0, -STREAM.length))
    .filter((stream) => !has.has(`${stream}.allow-data-loss`));
}

/** Which servers of a broker with sites keep streams; `undefined` where there are no sites. */
function placementIn(keys: Keys): Placement | undefined {
  const text = keys.get(PLACEMENT_FILE);
  return text === undefined ? undefined : JSON.parse(text);
}

/** What the controllers of the streams are told, by the names of its files. */
type Keys = ReadonlyMap<string, string>;

const keysOf = (manifests: string): Keys =>
  new Map(
    documents(manifests)
      .filter((text) => text.includes(STREAM) || text.includes(PLACEMENT_FILE))
      .flatMap(objectsOf)
      .flatMap(({ data }) => Object.entries(data ?? {}) as [string, string][]),
  );

interface Store {
  /** Of each server's volume. */
  readonly size: string;
  readonly replicas: number;
  /** All that keep streams together, those of other sites among them. */
  readonly servers: number;
}

/** What the servers keep their streams on, by StatefulSet. */
function stores(manifests: string): Map<string, Store> {
  const all = documents(manifests);
  return new Map(
    all
      .filter((text) => text.includes(CLAIMS))
      .flatMap(objectsOf)
      .flatMap((object) => {
        const size = volumeSizeOf(object);
        if (size === undefined) return [];
        const { name } = object.metadata;
        const replicas = object.spec.replicas ?? 1;
        return [[name, { size, replicas, servers: Math.max(replicas, routesOf(name, all)) }] as const];
      }),
  );
}

/** How many servers a server has routes to, itself among them. */
function routesOf(server: string, all: readonly string[]): number {
  const config = `${server}-config`;
  const [text] = all
    .filter((document) => document.includes(`name: ${config}\n`) && document.includes(CONFIG_FILE))
    .flatMap(objectsOf)
    .flatMap(({ kind, data }) => (kind === 'ConfigMap' ? (data?.[CONFIG_FILE] ?? []) : []));
  return text === undefined
    ? 0
    : listed(
        at(
          readConf(text, () => ''),
          'cluster',
          'routes',
        ),
      ).length;
}
