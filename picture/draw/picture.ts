import type { Region } from '../hop-groups.ts';
import { drawCluster, portTag } from './draw-cluster.ts';
import { drawHop } from './draw-hop.ts';
import { layout } from './layout.ts';
import { LEGEND, legend } from './legend.ts';
import { markup, Markup as Raw } from './markup.ts';
import { STYLE } from './style.ts';

/** Room on each side, in which a cluster that stands for several has its shadow. */
const MARGIN = 12;

/**
 * The clusters and every hop between and within them, as an SVG that stands by itself: it has no script and loads
 * nothing.
 * @param summary - what the whole comes to, in one line
 * @param alarm - whether that is something to mend
 */
export function picture(regions: readonly Region[], summary: string, alarm: boolean): string {
  const { placed, width, height } = layout(regions);
  const rows = placed.flatMap(({ stacks, links }) => [...stacks.flatMap((stack) => stack.rows), ...links]);
  const [w, h] = [width + 2 * MARGIN, height + LEGEND + 2 * MARGIN];
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-labelledby="title description">
<title id="title">Who may talk to whom</title>
<desc id="description">${summary} Each hop is a line from the caller to the callee, with who encrypts it, what each side proves, and the policy that admits it. topology.md says the same in words.</desc>
<style>${new Raw(STYLE)}</style>
<rect class="page" width="${w}" height="${h}"/>
<g transform="translate(${MARGIN} ${MARGIN})">
${legend(summary, alarm, width)}</g>
<g transform="translate(${MARGIN} ${MARGIN + LEGEND})">
${placed.map(drawCluster)}${placed.flatMap(({ links }) => links.map(portTag))}${rows.map(drawHop)}</g>
</svg>
`.text;
}
