import type { ClusterView } from '../cluster-view.ts';
import type { Bundle } from '../hop-groups.ts';
import { type Service, selects } from '../objects.ts';
import { callerName, count, some } from '../wording.ts';
import type { WorkloadView } from '../workloads.ts';
import { tone } from './draw-hop.ts';
import { BAY, type Placed, type Rect, type Row, type Stack, TAG } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { line } from './text.ts';

/** A cluster: its outline, its callers and servers. The hops are drawn over it. */
export function drawCluster(placed: Placed): Markup {
  const { region, rect, stacks } = placed;
  const [cluster] = region.clusters as [ClusterView];
  const several = region.clusters.length > 1;
  const names = region.clusters.map(({ name }) => name);
  const at = (dy: number) => ({ x: rect.x + 16, y: rect.y + dy, width: rect.width - 32 });
  const policies = cluster.namespaces.map(
    ({ name, inboundPolicy }) => `namespace ${name}, everything else: ${inboundPolicy}`,
  );
  const behind = [8, 4].map((d) => outline({ ...placed, rect: { ...rect, x: rect.x + d, y: rect.y + d } }));
  return markup`<g class="of-cluster">${several ? behind : undefined}${outline(placed)}
${line(at(28), several ? count(names.length, 'leaf cluster') : cluster.name, ['head'])}
${line(at(47), several ? `${some(names, 4)} · ${policies.join('; ')}` : policies.join('; '), ['soft'])}
${stacks.map((stack) => drawStack(stack, cluster, region.used))}
</g>
`;
}

/** The outline of a cluster, with a bay for the callers that are outside it. */
function outline({ rect, bay }: Placed): Markup {
  const { x, y, width, height } = rect;
  if (!bay) {
    return markup`<rect class="cluster" x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>\n`;
  }
  const [far, inner] = [x + width, x + BAY];
  return markup`<path class="cluster" d="M${x} ${y}H${far}V${y + height}H${bay.to === y + height ? inner : x}V${bay.to}H${inner}V${bay.from}H${x}z"/>
`;
}

function drawStack({ name, rect, rows }: Stack, cluster: ClusterView, used: ReadonlySet<number>): Markup {
  const workload = cluster.workloads.find((candidate) => candidate.name === name);
  return markup`${box(rect, '')}${workload ? server(workload, cluster, rect, used) : proxies(name, rect)}
${rows.map((row) => [row.caller ? caller(row.caller, row.bundle, cluster) : undefined, portTag(row)])}`;
}

/** A server, with the Services that lead to it. `used` are the open ports by which a hop comes in. */
function server(workload: WorkloadView, cluster: ClusterView, rect: Rect, used: ReadonlySet<number>): Markup {
  const services = cluster.services.filter(({ selector }) => selects(selector, workload.labels));
  let y = rect.y + 8;
  const text = (content: string, classes: string[], dy: number) => {
    y += dy;
    // Beside the tags, which are at the left edge.
    const x = rect.x + (TAG + rect.width) / 2;
    return line({ x, y, width: rect.width - TAG - 8 }, content, [...classes, 'middle']);
  };
  return markup`${text(workload.name, ['name', 'mono'], 14)}${text(
    `${workload.kind}, ${count(workload.replicas, 'pod')}`,
    ['soft'],
    15,
  )}${services.map(({ name, ports }) => [
    text(name, ['mono', 'strong'], 24),
    ...portLines(ports, used).map((ports) => text(ports, ['mono', 'soft'], 14)),
  ])}`;
}

/** Ports of a Service: those inside the cluster on one line, and those that are open to the outside each by themselves. */
function portLines(ports: Service['ports'], used: ReadonlySet<number>): string[] {
  const inside = ports.filter(({ exposure }) => exposure === undefined).map(({ port }) => port);
  const open = ports.flatMap(({ target, exposure }) => {
    if (!exposure) return [];
    const ports = `${exposure.port}→${target}`;
    // Together they would not fit.
    const lines = exposure.kind === 'NodePort' ? [`NodePort ${ports}`] : ['LoadBalancer', ports];
    return [...lines, ...(used.has(exposure.port) ? [] : ['(admits nobody)'])];
  });
  return [...(inside.length > 0 ? [inside.join(' ')] : []), ...open];
}

const proxies = (name: string, { x, y, width, height }: Rect): Markup =>
  markup`${line({ x: x + (TAG + width) / 2, y: y + height / 2 - 3, width: width - TAG - 8 }, name, ['name', 'mono', 'middle'])}${line(
    { x: x + (TAG + width) / 2, y: y + height / 2 + 13, width: width - TAG - 8 },
    'metrics of the proxy',
    ['soft', 'middle'],
  )}`;

function caller(rect: Rect, bundle: Bundle, cluster: ClusterView): Markup {
  const { x, y, width } = rect;
  const [first, second] = captions(bundle, cluster);
  const { kind } = bundle.common;
  const own = kind === 'client' || kind === 'route';
  const at = (dy: number) => ({ x: x + width / 2, y: y + dy, width: width - 12 });
  return markup`${box(rect, own ? '' : 'externalCaller')}${line(at(25), first, ['name', 'mono', 'middle'])}${line(at(41), second, ['soft', 'middle'])}`;
}

/** Who a caller is, on two lines. */
function captions(bundle: Bundle, cluster: ClusterView): [string, string] {
  const { kind, from, to, callerProves } = bundle.common;
  const several = bundle.hops.length > 1;
  if (kind === 'probe') return ['kubelet', several ? 'of each node' : 'of the node'];
  if (kind === 'route')
    return [from.name, from.cluster === to.cluster ? 'its other pods' : `of ${from.cluster}`];
  if (from.cluster === undefined) {
    const networks = callerProves.flatMap((proof) => (proof.kind === 'address' ? proof.networks : []));
    return [from.name, `from ${some(networks, 1)}`];
  }
  if (from.namespace) return [from.name, `of ${from.namespace}`];
  if (several) return [callerName(bundle), 'each its own user'];
  return [from.name, cluster.workloads.find(({ name }) => name === from.name)?.kind ?? ''];
}

/** The port of a row, in the box that it ends in. */
export function portTag({ tag, bundle }: Row): Markup | undefined {
  if (!tag) return undefined;
  const { x, y, width, height } = tag;
  return markup`<rect class="tag" x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/><text x="${x + width / 2}" y="${y + 13}" class="mono middle fill-${tone(bundle.common)}">${bundle.common.to.port}</text>\n`;
}

const box = ({ x, y, width, height }: Rect, kind: string): Markup =>
  markup`<rect class="box ${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>\n`;
