import type { ClusterView } from './cluster-view.ts';
import { picture } from './draw/picture.ts';
import { gaps, type Hop, isInClear } from './hop.ts';
import { regions } from './hop-groups.ts';
import { hops } from './hops.ts';
import { joined, type Markdown, md, words } from './markdown.ts';
import { hopTable, workloadTable } from './tables.ts';
import { count } from './wording.ts';

/** The topology as a picture, and as a page that shows the picture and says the same in words. */
export interface Report {
  readonly svg: string;
  readonly markdown: string;
}

/** Beside the folders of the clusters, so that no `kubectl apply -f` takes them for manifests. */
export const SVG_FILE = 'topology.svg';
export const MARKDOWN_FILE = 'topology.md';

/**
 * Shows every hop between and within the clusters. The same clusters give the same bytes.
 * @throws Error if a workload dials what no cluster offers
 */
export function report(clusters: readonly ClusterView[]): Report {
  const all = hops(clusters);
  const shown = regions(clusters, all);
  const clear = all.filter(isInClear);
  const stuck = all.filter((hop) => gaps(hop).length > 0);
  const summary = [
    `${count(clusters.length, 'cluster')}, ${count(all.length, 'hop')}.`,
    clear.length > 0
      ? `${count(clear.length, 'hop crosses', 'hops cross')} the network in clear text.`
      : 'Everything that leaves a node is encrypted.',
    ...(stuck.length > 0 ? [`No policy admits ${count(stuck.length, 'hop')}.`] : []),
  ].join(' ');
  const alarms = [
    ...(clear.length > 0
      ? [md`> **In clear text:** ${named(clear)}. Whoever is on the way reads everything.\n\n`]
      : []),
    ...(stuck.length > 0 ? [md`> **No policy admits:** ${named(stuck)}.\n\n`] : []),
  ];
  const page = md`# Who may talk to whom

${words(summary)} Made by synth from the manifests in this folder.

${alarms}![${words(summary)}](${words(SVG_FILE)})

## Every hop in words

${hopTable(shown)}
## What runs where

${workloadTable(shown)}`;
  return { svg: picture(shown, summary, alarms.length > 0), markdown: page.text };
}

function named(hops: readonly Hop[]): Markdown {
  const names = hops.slice(0, 6).map(({ from, to }) => {
    const caller = `${from.cluster ?? 'outside'}/${from.name}`;
    return md`${caller} to ${`${to.cluster}/${to.name}:${to.port}`}`;
  });
  const all = joined(names, '; ');
  return hops.length > 6 ? md`${all} and ${words(count(hops.length - 6, 'other'))}` : all;
}
