import type { ClusterView } from './cluster-view.ts';
import { EACH, gaps, type Hop, isFromOutside } from './hop.ts';

/** With more leaf clusters than this, those that are alike are shown as one; likewise with the hops of one cluster. */
const MOST = 12;

/** Hops that are shown as one, because they differ in names alone. */
export interface Bundle {
  readonly number: number;
  readonly hops: readonly Hop[];
  /** What they have in common, with `EACH` where they differ. */
  readonly common: Hop;
}

/** Clusters that are shown as one. */
export interface Region {
  readonly clusters: readonly ClusterView[];
  /** The hops that its leaves make to a broker. */
  readonly links: readonly Bundle[];
  /** All other hops in it. */
  readonly bundles: readonly Bundle[];
  /** Ports at which its Services are open to the outside and a hop comes in. At others nobody is admitted. */
  readonly used: ReadonlySet<number>;
}

/** The server of a cluster that others dial. */
export const mainServer = (clusters: readonly ClusterView[]) =>
  clusters[0]?.workloads.find(({ conf }) => conf)?.name;

/** Divides clusters and hops into what is shown together. Each hop is in exactly one bundle. */
export function regions(clusters: readonly ClusterView[], hops: readonly Hop[]): Region[] {
  let number = 0;
  const numbered = (bundles: Hop[][]): Bundle[] =>
    bundles.map((hops) => ({ number: ++number, hops, common: common(hops) as Hop }));
  const shown = new Map(clusters.map(({ name }) => [name, { links: [] as Hop[], others: [] as Hop[] }]));
  for (const hop of hops) {
    const { cluster } = hop.kind === 'leaf' ? hop.from : hop.to;
    shown.get(cluster ?? hop.to.cluster)?.[hop.kind === 'leaf' ? 'links' : 'others'].push(hop);
  }
  const used = new Map<string, Set<number>>();
  for (const { to, exposure } of hops) {
    if (exposure) used.set(to.cluster, (used.get(to.cluster) ?? new Set()).add(exposure.port));
  }
  const of = ({ name }: ClusterView) => shown.get(name) ?? { links: [], others: [] };
  const isLeaf = (cluster: ClusterView) => of(cluster).links.length > 0;
  const leaves = clusters.filter(isLeaf);
  const shape = (cluster: ClusterView) =>
    JSON.stringify([...new Set([...of(cluster).links, ...of(cluster).others].map(signature))].sort());
  const groups = leaves.length > MOST ? grouped(leaves, shape) : leaves.map((leaf) => [leaf]);
  const brokers = clusters.filter((cluster) => !isLeaf(cluster)).map((broker) => [broker]);
  return [...brokers, ...groups].map((together) => {
    const bundled = (hops: Hop[]) =>
      numbered(
        together.length > 1 || hops.length > MOST ? grouped(hops, signature) : hops.map((hop) => [hop]),
      );
    return {
      clusters: together,
      links: bundled(together.flatMap((cluster) => of(cluster).links)),
      bundles: bundled(
        ordered(
          together.flatMap((cluster) => of(cluster).others),
          mainServer(together),
        ),
      ),
      used: used.get(together[0]?.name ?? '') ?? new Set(),
    };
  });
}

/** What goes to the main server together, first from within the cluster and then from outside. */
const ordered = (hops: readonly Hop[], main: string | undefined): Hop[] =>
  hops.toSorted((a, b) => rank(a, main) - rank(b, main));

function rank(hop: Hop, main: string | undefined): number {
  const outside = isFromOutside(hop);
  return hop.to.name === main ? Number(outside) : 2 + Number(!outside);
}

function grouped<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const of = key(item);
    const group = groups.get(of);
    if (group) group.push(item);
    else groups.set(of, [item]);
  }
  return [...groups.values()];
}

/** What a hop is like, whatever the names in it: hops of one signature are equally safe. */
const signature = (hop: Hop) =>
  JSON.stringify([
    hop.kind,
    isFromOutside(hop),
    hop.to.name,
    hop.to.port,
    hop.service,
    hop.exposure,
    hop.gateway,
    hop.callerProves.map(({ kind }) => kind),
    hop.calleeProves.map(({ kind }) => kind),
    hop.encryptedBy,
    gaps(hop).map(({ layer }) => layer),
  ]);

/** The same value where all agree, and `EACH` where they do not, down to the last field. */
function common(values: readonly unknown[]): unknown {
  const [first] = values;
  if (values.length === 1 || values.every((value) => value === first)) return first;
  if (Array.isArray(first)) {
    const lists = values as unknown[][];
    if (lists.some(({ length }) => length !== first.length)) {
      const items = lists.flat();
      return [typeof items[0] === 'object' ? common(items) : EACH];
    }
    return first.map((_, i) => common(lists.map((list) => list[i])));
  }
  if (typeof first !== 'object' || first === null) return EACH;
  const objects = values as Record<string, unknown>[];
  return Object.fromEntries(
    Object.keys(first).map((key) => [key, common(objects.map((object) => object[key]))]),
  );
}
