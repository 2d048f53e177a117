import { gaps, type Hop, isInClear } from '../hop.ts';
import { admittedBy, encryption, proofs, title, way } from '../wording.ts';
import type { Rect, Row } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { line } from './text.ts';

/** The colour of a hop: that of the outermost layer that encrypts, or of the alarm. */
export function tone(hop: Hop): string {
  if (isInClear(hop) || gaps(hop).length > 0) return 'alarm';
  return hop.encryptedBy[0] ?? 'near';
}

/** A hop: a line for each layer that encrypts, who proves what to whom, and what admits it. */
export function drawHop(row: Row): Markup {
  const { bundle, y, text } = row;
  const hop = bundle.common;
  const colour = tone(hop);
  const at = (dy: number, indent = 0) => ({ x: text.x + indent, y: y + dy, width: text.width - indent });
  const alarm = colour === 'alarm';
  const wash = markup`<rect class="wash" x="${text.x - 4}" y="${y - 47}" width="${text.width + 4}" height="105" rx="5"/>`;
  return markup`<g class="hop" id="hop-${bundle.number}"><title>${title(bundle)}</title>
${alarm ? wash : undefined}${lock(hop, text.x, y - 39)}
${line(at(-30, 15), encryption(hop), ['strong', `fill-${alarm ? 'alarm' : colour}`])}
${line(at(-14), way(hop), ['mono'])}
${arrow(row, colour)}
${line(at(21), `→ ${proofs(hop.callerProves)}`, [])}
${line(at(36), `← ${proofs(hop.calleeProves)}`, alarm && hop.calleeProves.length === 0 ? ['fill-alarm'] : [])}
${line(at(51), `${gaps(hop).length > 0 ? '✗' : '✓'} ${admittedBy(hop)}`, ['mono', gaps(hop).length > 0 ? 'fill-alarm' : 'soft'])}
</g>
`;
}

function arrow({ bundle, from, to, y, up, tag }: Row, colour: string): Markup {
  const { gateway, encryptedBy, kind } = bundle.common;
  const layers = colour === 'alarm' || colour === 'near' ? [colour] : encryptedBy;
  const joins = tag === undefined;
  const strokes = layers.map((layer, i) => {
    const aside = (i - (layers.length - 1) / 2) * 4;
    const path = up ? `H${to + aside}V${joins ? up.y + aside : up.y + 9}` : `H${to - 9}`;
    return markup`<path class="stroke-${layer}" d="M${from} ${y + aside}${path}"/>`;
  });
  const head = up ? `M${to} ${up.y}l-6 9h12z` : `M${to} ${y}l-9 -6v12z`;
  // A link's number stands outside the border of its cluster, where nothing cuts it.
  const badge = from + (kind === 'leaf' ? 38 : 16);
  return markup`${strokes}${joins ? undefined : markup`<path class="fill-${colour}" d="${head}"/>`}
${up?.gateway && gateway ? gatewayBox(up.gateway, gateway.name) : undefined}<circle class="badge" cx="${badge}" cy="${y}" r="${bundle.number > 9 ? 10.5 : 9}"/><text x="${badge}" y="${y + 4}" class="middle strong">${bundle.number}</text>
`;
}

/** The gateway that a link passes, at the border of the cluster that it opens. */
const gatewayBox = ({ x, y, width, height }: Rect, name: string): Markup =>
  markup`<rect class="box externalCaller" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>
<text x="${x + width / 2}" y="${y + 14}" class="mono middle">${name}</text>
`;

/** A lock, open where nobody encrypts. */
function lock(hop: Hop, x: number, y: number): Markup {
  const shackle = hop.encryptedBy.length > 0 ? 'V3a2.5 2.5 0 0 1 5 0V5' : 'V1.5a2.5 2.5 0 0 1 5 0';
  const colour = tone(hop);
  return markup`<g transform="translate(${x} ${y})"><path class="lock stroke-${colour}" d="M2 5${shackle}"/><rect class="fill-${colour}" y="4.6" width="9" height="6" rx="1.2"/></g>`;
}
