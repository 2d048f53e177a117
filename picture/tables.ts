import type { Bundle, Region } from './bundles.ts';
import { gaps, type Hop, isInClear } from './hop.ts';
import { type Markup, markup } from './markup.ts';
import { type Service, selects } from './objects.ts';
import {
  admissionInFull,
  callerName,
  count,
  encryptionInFull,
  place,
  proofsInFull,
  some,
  title,
  wayInFull,
} from './wording.ts';

/** Every hop in words. */
export function hopTable(regions: readonly Region[]): Markup {
  const bundles = regions.flatMap(({ links, bundles }) => [...links, ...bundles]);
  return markup`<div class="wide"><table id="hops">
<thead><tr><th scope="col">Hop</th><th scope="col">From</th><th scope="col">To</th><th scope="col">Who proves what</th><th scope="col">Who encrypts</th><th scope="col">What admits it</th></tr></thead>
<tbody>
${bundles.map(hopRow)}</tbody>
</table></div>
`;
}

function hopRow(bundle: Bundle): Markup {
  const { common: hop, hops, number } = bundle;
  const { from, to } = hop;
  const caller = `${from.namespace ? `${from.namespace}/` : ''}${callerName(bundle)}`;
  const alarm = (raised: boolean) => (raised ? markup` class="alarm"` : undefined);
  const dialled = wayInFull(hop).map((address) => markup`<br><code>${address}</code>`);
  return markup`<tr id="row-${number}"><th scope="row">${number}</th>
<td><b>${caller}</b>, ${place(hops.map((each) => each.from.cluster))}</td>
<td><b>${to.name}</b>, ${place(hops.map((each) => each.to.cluster))}, port ${to.port}${dialled}</td>
<td><b>${caller}</b>: ${proofsInFull(hop.callerProves, hop).join('; ')}.<br><b>${to.name}</b>: ${proofsInFull(hop.calleeProves, hop).join('; ')}.</td>
<td${alarm(isInClear(hop))}>${items(encryptionInFull(hop))}</td>
<td${alarm(gaps(hop).length > 0)}>${items(admissionInFull(hop))}</td></tr>
${hops.length > 1 ? members(bundle) : undefined}`;
}

const items = (lines: readonly string[]) => markup`<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;

/** The hops of a bundle by name. */
const members = (bundle: Bundle): Markup =>
  markup`<tr><td></td><td colspan="5" class="members">${title(bundle)}. ${bundle.hops.map(member).join('; ')}.</td></tr>
`;

function member({ from, to, users }: Hop): string {
  const name = from.cluster === undefined ? from.name : `${from.cluster}/${from.name}`;
  const target = from.cluster === to.cluster ? '' : ` to ${to.cluster}/${to.name}`;
  return `${name}${target}${users.length > 0 ? ` as ${users.map((user) => user.name).join(', ')}` : ''}`;
}

/** What runs in each cluster, and the Services that lead to it. */
export function workloadTable(regions: readonly Region[]): Markup {
  return markup`<div class="wide"><table id="workloads">
<thead><tr><th scope="col">Cluster</th><th scope="col">Workload</th><th scope="col">Service account</th><th scope="col">Services and ports</th></tr></thead>
<tbody>
${regions.map(workloadRows)}</tbody>
</table></div>
`;
}

function workloadRows({ clusters, used }: Region): Markup[] {
  const seen = new Map<string, { cells: Markup; names: string[] }>();
  for (const { name, workloads, services } of clusters) {
    for (const workload of workloads) {
      const leading = services.filter(({ selector }) => selects(selector, workload.labels));
      const { kind, replicas, identity } = workload;
      const cells = markup`<td>${workload.name}, ${kind}, ${count(replicas, 'pod')}</td>
<td>${identity.namespace}/${identity.name}</td>
<td>${leading.length > 0 ? items(leading.map((service) => serviceInFull(service, used))) : 'none: nobody dials it'}</td>`;
      const row = seen.get(cells.text);
      if (row) row.names.push(name);
      else seen.set(cells.text, { cells, names: [name] });
    }
  }
  return [...seen.values()].map(
    ({ cells, names }) => markup`<tr><th scope="row">${some(names, 12)}</th>
${cells}</tr>
`,
  );
}

function serviceInFull({ name, ports }: Service, used: ReadonlySet<number>): string {
  const words = ports.map(({ port, target, opening }) => {
    if (!opening) return String(port);
    return `${opening.kind} ${opening.port} to ${target}${used.has(opening.port) ? '' : ' (admits nobody)'}`;
  });
  return `${name}: ${words.join(', ')}`;
}
