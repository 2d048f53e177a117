import type { Region } from './bundles.ts';
import { drawCluster, portTag } from './draw-cluster.ts';
import { drawHop } from './draw-hop.ts';
import { layout, WIDTH } from './layout.ts';
import { type Markup, markup } from './markup.ts';

/** The clusters and every hop between and within them, as an SVG. */
export function picture(regions: readonly Region[], description: string): Markup {
  const { placed, height } = layout(regions);
  const rows = placed.flatMap(({ stacks, links }) => [...stacks.flatMap((stack) => stack.rows), ...links]);
  return markup`<svg class="picture" viewBox="-1 -1 ${WIDTH + 2} ${height + 10}" role="img" aria-labelledby="picture-title picture-text">
<title id="picture-title">Clusters, workloads, and the hops between them</title>
<desc id="picture-text">${description} The table below says the same in words.</desc>
${placed.map(drawCluster)}${placed.flatMap(({ links }) => links.map(portTag))}${rows.map(drawHop)}</svg>
`;
}
