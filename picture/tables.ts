import { EACH, type Hop } from './hop.ts';
import type { Bundle, Region } from './hop-groups.ts';
import { admissionInFull, encryptionInFull, proofsInFull, some } from './in-full.ts';
import { joined, listed, type Markdown, md, tableRow, words } from './markdown.ts';
import { type Service, selects } from './objects.ts';
import { count, wayInFull } from './wording.ts';

const lines = (pieces: readonly Markdown[]) => joined(pieces, '<br>');

/** Every hop in words, and below the table what each row of several hops stands for. */
export function hopTable(regions: readonly Region[]): Markdown {
  const bundles = regions.flatMap(({ links, bundles }) => [...links, ...bundles]);
  return md`| Hop | From | To | Who proves what | Who encrypts | What admits it |
|---|---|---|---|---|---|
${bundles.map(hopRow)}${bundles.filter(({ hops }) => hops.length > 1).map(members)}`;
}

function hopRow(bundle: Bundle): Markdown {
  const { common: hop, hops, number } = bundle;
  const { to } = hop;
  const caller = callerOf(bundle);
  return tableRow([
    md`${number}`,
    md`${caller}, ${place(hops.map((each) => each.from.cluster))}`,
    lines([
      md`${to.name}, ${place(hops.map((each) => each.to.cluster))}, port ${to.port}`,
      ...wayInFull(hop).map((address) => md`${address}`),
    ]),
    md`${caller}: ${proofsInFull(hop.callerProves, hop)}.<br>${to.name}: ${proofsInFull(hop.calleeProves, hop)}.`,
    lines(encryptionInFull(hop)),
    lines(admissionInFull(hop)),
  ]);
}

function callerOf({ hops, common: { from } }: Bundle): Markdown {
  if (from.name === EACH) return words(count(hops.length, 'workload'));
  return md`${from.namespace ? `${from.namespace}/${from.name}` : from.name}`;
}

/** Where a principal is, or in how many clusters it is. */
function place(clusters: readonly (string | undefined)[]): Markdown {
  const different = new Set(clusters);
  if (different.size > 1) return words(`in ${count(different.size, 'cluster')}`);
  const [first] = different;
  return first === undefined ? md`outside every cluster` : md`${first}`;
}

/** The hops of a bundle by name, one a line, so that a change of one leaf is a change of few lines. */
const members = (bundle: Bundle): Markdown => md`
<details><summary>Hop ${bundle.number} stands for ${words(count(bundle.hops.length, 'hop'))}</summary>

${bundle.hops.map((hop) => md`- ${member(hop)}\n`)}
</details>
`;

function member({ from, to, users }: Hop): Markdown {
  const name = from.cluster === undefined ? from.name : `${from.cluster}/${from.name}`;
  const target = from.cluster === to.cluster ? md`` : md` to ${`${to.cluster}/${to.name}`}`;
  return md`${name}${target}${users.length > 0 ? md` as ${listed(users.map((user) => user.name))}` : md``}`;
}

/** What runs in each cluster, and the Services that lead to it. */
export const workloadTable = (
  regions: readonly Region[],
): Markdown => md`| Cluster | Workload | Service account | Services and ports |
|---|---|---|---|
${regions.flatMap(workloadRows)}`;

function workloadRows({ clusters, used }: Region): Markdown[] {
  const seen = new Map<string, { cells: Markdown[]; names: string[] }>();
  for (const { name, workloads, services } of clusters) {
    for (const workload of workloads) {
      const leading = services.filter(({ selector }) => selects(selector, workload.labels));
      const { kind, replicas, identity } = workload;
      const cells = [
        md`${workload.name}, ${words(kind)}, ${words(count(replicas, 'pod'))}`,
        md`${`${identity.namespace}/${identity.name}`}`,
        leading.length > 0
          ? lines(leading.map((service) => serviceInFull(service, used)))
          : md`none: nobody dials it`,
      ];
      const key = tableRow(cells).text;
      const row = seen.get(key);
      if (row) row.names.push(name);
      else seen.set(key, { cells, names: [name] });
    }
  }
  return [...seen.values()].map(({ cells, names }) => tableRow([some(names, 12), ...cells]));
}

function serviceInFull({ name, ports }: Service, used: ReadonlySet<number>): Markdown {
  const each = ports.map(({ port, target, exposure }) => {
    if (!exposure) return md`${port}`;
    return md`${words(exposure.kind)} ${exposure.port} to ${target}${used.has(exposure.port) ? md`` : md` (admits nobody)`}`;
  });
  return md`${name}: ${joined(each, ', ')}`;
}
