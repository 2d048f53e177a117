import { regions } from './bundles.ts';
import type { ClusterView } from './cluster-view.ts';
import { gaps, type Hop, isInClear } from './hop.ts';
import { hops } from './hops.ts';
import { type Markup, markup, Markup as Raw } from './markup.ts';
import { picture } from './picture.ts';
import { STYLE } from './style.ts';
import { hopTable, workloadTable } from './tables.ts';
import { count } from './wording.ts';

/**
 * The topology as one HTML page: a picture of every hop and tables that say the same. It has no script and loads
 * nothing; the same clusters give the same bytes.
 * @throws Error if a workload dials what no cluster offers
 */
export function page(clusters: readonly ClusterView[]): string {
  const all = hops(clusters);
  const shown = regions(clusters, all);
  const summary = `${count(clusters.length, 'cluster')}, ${count(all.length, 'hop')}.`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who may talk to whom</title>
<style>
${new Raw(STYLE)}
</style>
</head>
<body>
<h1>Who may talk to whom</h1>
<p class="lead">${summary} ${verdict(all)} Made from the manifests in this folder by <code>npm run synth</code>.</p>
${alarms(all)}${LEGEND}
<div class="wide">
${picture(shown, `${summary} ${verdict(all)}`)}</div>
<h2>Every hop in words</h2>
${hopTable(shown)}
<h2>What runs where</h2>
${workloadTable(shown)}
</body>
</html>
`.text;
}

const verdict = (all: readonly Hop[]) =>
  all.some(isInClear)
    ? `${count(all.filter(isInClear).length, 'hop crosses', 'hops cross')} the network in clear text.`
    : 'Everything that leaves a node is encrypted.';

function alarms(all: readonly Hop[]): Markup[] {
  const clear = all.filter(isInClear);
  const stuck = all.filter((hop) => gaps(hop).length > 0);
  const banner = (text: string) => markup`<p class="banner" role="note">${text}</p>\n`;
  return [
    ...(clear.length > 0
      ? [banner(`In clear text: ${named(clear)}. Whoever is on the way reads everything.`)]
      : []),
    ...(stuck.length > 0 ? [banner(`No policy admits: ${named(stuck)}.`)] : []),
  ];
}

function named(hops: readonly Hop[]): string {
  const names = hops.map(
    ({ from, to }) => `${from.cluster ?? 'outside'}/${from.name} to ${to.cluster}/${to.name}:${to.port}`,
  );
  return names.length > 6 ? `${names.slice(0, 6).join('; ')} and ${names.length - 6} more` : names.join('; ');
}

const key = (drawn: Markup, words: Markup) =>
  markup`<li><svg width="34" height="12" aria-hidden="true">${drawn}</svg>${words}</li>\n`;
const stroke = (layer: string, y = 6) => markup`<path class="stroke-${layer}" d="M0 ${y}H34"/>`;

const LEGEND = markup`<ul class="legend">
${key(stroke('Linkerd'), markup`<b>Linkerd</b> encrypts, proxy to proxy`)}${key(
  stroke('NATS'),
  markup`<b>NATS</b> encrypts, end to end`,
)}${key(markup`${stroke('Linkerd', 4)}${stroke('NATS', 8)}`, markup`both, one within the other`)}${key(
  stroke('alarm'),
  markup`<b>nobody</b> encrypts`,
)}${key(stroke('near'), markup`in clear, but within the node`)}<li><b>→</b> what the caller proves</li>
<li><b>←</b> what the callee proves</li>
<li><b>✓</b> the policy that admits it</li>
</ul>
`;
