import { isFromOutside } from '../hop.ts';
import { type Bundle, mainServer, type Region } from '../hop-groups.ts';
import { GATEWAYS_APART, WIDTH as LANE, type Lane, laneKey, lanes } from './lanes.ts';

/**
 * Widths and heights in CSS pixels. From left to right: padding, callers, the gap that hops cross, servers; then the
 * words of a link, and its lane. A page of a repository shows some 900 of them, which is a picture of one lane.
 */
const PADDING = 14;
const CALLER = 146;
const GAP = 222;
const SERVER = 194;
const BETWEEN = 240;
const HEADER = 62;
const ROW = 122;
/** Width of the tag with a port. */
export const TAG = 38;
const APART = 30;
/** Depth of the bay in a cluster's outline. */
export const BAY = CALLER + GAP;
const CLUSTER = 2 * PADDING + CALLER + GAP + SERVER;

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
  /** Where the line starts, and where its point is or it turns upwards. */
  readonly from: number;
  readonly to: number;
  readonly text: { readonly x: number; readonly width: number };
  /** How a link goes up in its lane. @default - it ends in a box on its right */
  readonly up?: Ascent;
  /** The box of the caller. @default - drawn with another row */
  readonly caller?: Rect;
  /** The tag in the callee's box that says the port. @default - drawn with another row */
  readonly tag?: Rect;
}

export interface Ascent {
  /** Where it ends: at the broker's box, or where it joins the link above it. */
  readonly y: number;
  /** Box of the gateway that it passes at the border of the broker's cluster. @default - none, or joined */
  readonly gateway?: Rect;
}

/** The box of a callee, with the rows that end in it. */
export interface Stack {
  readonly name: string;
  readonly rect: Rect;
  readonly rows: readonly Row[];
}

export interface Placed {
  readonly region: Region;
  readonly rect: Rect;
  /** Between which heights the outline leaves out the callers, because those are outside the cluster. */
  readonly bay: { readonly from: number; readonly to: number } | undefined;
  readonly stacks: readonly Stack[];
  readonly links: readonly Row[];
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly width: number;
  readonly height: number;
}

/** Brokers above, leaves below, one hop under the other, so that no two lines or texts ever meet. */
export function layout(regions: readonly Region[]): Layout {
  const brokers = regions.filter(({ links }) => links.length === 0);
  const leaves = regions.filter(({ links }) => links.length > 0);
  const found = lanes(brokers, leaves);
  const room = found.reduce((sum, lane) => sum + lane.width, 0);
  const width = CLUSTER + BETWEEN + Math.max(LANE, room);
  const open = new Map<string, OpenLane>();
  let bottom = 0;
  let right = width;
  const below = (region: Region, broad: number, join?: Join) => {
    const placed = place(region, bottom, broad, join);
    bottom += placed.rect.height + APART;
    return placed;
  };
  const placed = brokers.map((region) => {
    const broker = below(region, leaves.length > 0 ? right : CLUSTER);
    const main = broker.stacks.find(({ name }) => name === mainServer(region.clusters));
    for (const lane of found.filter((lane) => lane.broker === region.clusters[0]?.name)) {
      open.set(lane.key, { lane, x: right - PADDING - lane.width / 2, broker, main, end: undefined });
      right -= lane.width;
    }
    return broker;
  });
  const join: Join = (bundle, y) => ascend(open.get(laneKey(bundle)), y);
  placed.push(...leaves.map((region) => below(region, CLUSTER, join)));
  return { placed, width, height: bottom - APART };
}

interface OpenLane {
  readonly lane: Lane;
  readonly x: number;
  readonly broker: Placed;
  readonly main: Stack | undefined;
  /** Where the next link joins it. @default - no link has reached the broker yet */
  end: number | undefined;
}

type Join = (bundle: Bundle, y: number) => Pick<Row, 'to' | 'up' | 'tag'>;

/** Takes a link into its lane; the first goes up to the broker, the others join the one above. */
function ascend(open: OpenLane | undefined, y: number): Pick<Row, 'to' | 'up' | 'tag'> {
  if (!open) throw new Error('A link leads to a broker that is not in the picture.');
  const { lane, x, broker, main, end } = open;
  open.end = y;
  if (end !== undefined) return { to: x, up: { y: end } };
  const border = broker.rect.y + broker.rect.height;
  const box = main?.rect ?? broker.rect;
  const boxed = lane.width - GATEWAYS_APART;
  const gateway = { x: x - boxed / 2, y: border - 6, width: boxed, height: 20 };
  const bottom = box.y + box.height;
  return {
    to: x,
    up: { y: bottom, ...(lane.gateway ? { gateway } : {}) },
    tag: { x: x - TAG / 2, y: bottom - 18, width: TAG, height: 18 },
  };
}

function place(region: Region, top: number, width: number, join?: Join): Placed {
  const main = mainServer(region.clusters);
  const stacks: { name: string; top: number; rows: Row[] }[] = [];
  const outside: number[] = [];
  let y = top + HEADER;
  // The main server reaches down to the last link that starts from it.
  const least = Math.max(2, region.links.length) * ROW;
  const end = () => (stacks.at(-1)?.name === main ? Math.max(y, (stacks.at(-1)?.top ?? 0) + least) : y);
  for (const bundle of region.bundles) {
    const { to } = bundle.common;
    if (stacks.at(-1)?.name !== to.name) {
      y = end();
      stacks.push({ name: to.name, top: y, rows: [] });
    }
    if (isFromOutside(bundle.common)) outside.push(y);
    stacks.at(-1)?.rows.push(row(bundle, y + ROW / 2));
    y += ROW;
  }
  const bottom = end();
  const firstRow = stacks.find(({ name }) => name === main)?.top ?? top + HEADER;
  const x = PADDING + CALLER + GAP;
  return {
    region,
    rect: { x: 0, y: top, width, height: bottom + PADDING - top },
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
        x,
        y: start,
        width: name === main ? width - PADDING - x : SERVER,
        height: (stacks[i + 1]?.top ?? bottom) - start - 8,
      },
      rows,
    })),
    links: join ? region.links.map((bundle, i) => link(bundle, firstRow + i * ROW + ROW / 2, join)) : [],
  };
}

function row(bundle: Bundle, y: number): Row {
  const outside = isFromOutside(bundle.common);
  const to = PADDING + CALLER + GAP;
  return {
    bundle,
    y,
    from: PADDING + CALLER,
    to,
    text: { x: PADDING + CALLER + 8, width: GAP - 8 - (outside ? PADDING : 6) },
    caller: { x: PADDING, y: y - 28, width: CALLER, height: 56 },
    tag: { x: to, y: y - 9, width: TAG, height: 18 },
  };
}

/** A leaf's link, from its server past the border of its cluster to the lane. */
const link = (bundle: Bundle, y: number, join: Join): Row => ({
  bundle,
  y,
  from: CLUSTER - PADDING,
  text: { x: CLUSTER + 14, width: BETWEEN - 18 },
  ...join(bundle, y),
});
