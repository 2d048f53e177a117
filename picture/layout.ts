import { type Bundle, mainServer, type Region } from './bundles.ts';

/** Widths and heights in CSS pixels. From the outside in: padding, callers, the gap that hops cross, servers. */
const PADDING = 14;
const CALLER = 136;
const GAP = 216;
const SERVER = 196;
const BETWEEN = 206;
const HEADER = 62;
const ROW = 116;
const TAG = 34;
const APART = 22;
/** Depth of the bay in a cluster's outline. */
export const BAY = CALLER + GAP;
const CLUSTER = 2 * PADDING + CALLER + GAP + SERVER;
export const WIDTH = 2 * CLUSTER + BETWEEN;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A hop as a horizontal line, with the room for its words. */
export interface Row {
  readonly bundle: Bundle;
  readonly y: number;
  /** Where the line starts and where its point is. */
  readonly from: number;
  readonly to: number;
  readonly text: { readonly x: number; readonly width: number };
  /** The box of the caller. @default - drawn with another row */
  readonly caller?: Rect;
  /** The tag in the callee's box that says the port. */
  readonly tag: Rect;
}

/** The box of a callee, with the rows that end in it. */
export interface Stack {
  readonly name: string;
  readonly rect: Rect;
  readonly rows: readonly Row[];
}

export interface Placed {
  readonly region: Region;
  readonly side: 'left' | 'right';
  readonly rect: Rect;
  /** Between which heights the outline leaves out the callers, because those are outside the cluster. */
  readonly bay: { readonly from: number; readonly to: number } | undefined;
  readonly stacks: readonly Stack[];
  readonly links: readonly Row[];
}

/** Brokers on the left, leaves on the right, one hop below the other, so that no two lines or texts ever meet. */
export function layout(regions: readonly Region[]): { placed: Placed[]; height: number } {
  const leaves: Placed[] = [];
  let bottom = 0;
  for (const region of regions.filter(({ links }) => links.length > 0)) {
    const placed = place(region, 'right', bottom, 0);
    leaves.push(placed);
    bottom += placed.rect.height + APART;
  }
  const lastLink = Math.max(0, ...leaves.flatMap(({ links }) => links.map(({ y }) => y)));
  let top = 0;
  const brokers = regions
    .filter(({ links }) => links.length === 0)
    .map((region) => {
      const placed = place(region, 'left', top, lastLink);
      top += placed.rect.height + APART;
      return placed;
    });
  return { placed: [...brokers, ...leaves], height: Math.max(bottom, top) - APART };
}

function place(region: Region, side: Placed['side'], top: number, lastLink: number): Placed {
  const mirrored = (x: number, width: number) => (side === 'left' ? x : WIDTH - x - width);
  const main = mainServer(region.clusters);
  const stacks: { name: string; top: number; rows: Row[] }[] = [];
  const outside: number[] = [];
  let y = top + HEADER;
  // The main server reaches down to the last link that ends in it.
  const end = () =>
    stacks.at(-1)?.name === main ? Math.max(y, lastLink + ROW / 2, (stacks.at(-1)?.top ?? 0) + 2 * ROW) : y;
  for (const bundle of region.bundles) {
    const { from, to } = bundle.common;
    if (stacks.at(-1)?.name !== to.name) {
      y = end();
      stacks.push({ name: to.name, top: y, rows: [] });
    }
    if (from.cluster === undefined) outside.push(y);
    stacks.at(-1)?.rows.push(row(bundle, y + ROW / 2, mirrored));
    y += ROW;
  }
  const bottom = end();
  const firstRow = stacks.find(({ name }) => name === main)?.top ?? top + HEADER;
  return {
    region,
    side,
    rect: { x: mirrored(0, CLUSTER), y: top, width: CLUSTER, height: bottom + PADDING - top },
    bay:
      outside.length > 0
        ? {
            from: outside[0]!,
            to: (outside.at(-1) ?? 0) + ROW >= y ? bottom + PADDING : outside.at(-1)! + ROW,
          }
        : undefined,
    stacks: stacks.map(({ name, top: start, rows }, i) => ({
      name,
      rect: {
        x: mirrored(PADDING + CALLER + GAP, SERVER),
        y: start,
        width: SERVER,
        height: (stacks[i + 1]?.top ?? bottom) - start - 8,
      },
      rows,
    })),
    links: region.links.map((bundle, i) => link(bundle, firstRow + i * ROW + ROW / 2)),
  };
}

function row(bundle: Bundle, y: number, mirrored: (x: number, width: number) => number): Row {
  const outside = bundle.common.from.cluster === undefined;
  const to = mirrored(PADDING + CALLER + GAP, 0);
  const width = GAP - 8 - (outside ? PADDING : 6);
  return {
    bundle,
    y,
    from: mirrored(PADDING + CALLER, 0),
    to,
    text: { x: mirrored(PADDING + CALLER + 8, width), width },
    caller: { x: mirrored(PADDING, CALLER), y: y - 28, width: CALLER, height: 56 },
    tag: { x: mirrored(PADDING + CALLER + GAP, TAG), y: y - 9, width: TAG, height: 18 },
  };
}

/** A leaf's link, from its server to the broker's. */
function link(bundle: Bundle, y: number): Row {
  const to = CLUSTER - PADDING;
  return {
    bundle,
    y,
    from: WIDTH - CLUSTER + PADDING,
    to,
    text: { x: CLUSTER + 4, width: BETWEEN - 6 },
    tag: { x: to - TAG, y: y - 9, width: TAG, height: 18 },
  };
}
