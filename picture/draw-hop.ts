import { gaps, type Hop, isInClear } from './hop.ts';
import type { Row } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { line } from './text.ts';
import { admittedBy, encryption, proofs, title, way } from './wording.ts';

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
  const wash = markup`<rect class="wash" x="${text.x - 4}" y="${y - 43}" width="${text.width + 4}" height="98" rx="5"/>`;
  return markup`<g class="hop" id="hop-${bundle.number}"><title>${title(bundle)}</title>
${alarm ? wash : undefined}${lock(hop, text.x, y - 36)}
${line(at(-27, 15), encryption(hop), ['strong', `fill-${alarm ? 'alarm' : colour}`])}
${line(at(-12), way(hop), ['mono'])}
${arrow(row, colour)}
${hop.gateway ? gateway(row, hop.gateway.name) : undefined}
${line(at(20), `→ ${proofs(hop.callerProves)}`, [])}
${line(at(34), `← ${proofs(hop.calleeProves)}`, alarm && hop.calleeProves.length === 0 ? ['fill-alarm'] : [])}
${line(at(48), `${gaps(hop).length > 0 ? '✗' : '✓'} ${admittedBy(hop)}`, ['mono', gaps(hop).length > 0 ? 'fill-alarm' : 'soft'])}
</g>
`;
}

function arrow({ bundle, from, to, y }: Row, colour: string): Markup {
  const toRight = to > from;
  const back = toRight ? -9 : 9;
  const layers = colour === 'alarm' || colour === 'near' ? [colour] : bundle.common.encryptedBy;
  const strokes = layers.map((layer, i) => {
    const lineY = y + (i - (layers.length - 1) / 2) * 4;
    return markup`<path class="stroke-${layer}" d="M${from} ${lineY}H${to + back}" fill="none"/>`;
  });
  // A link's number stands outside the border of its cluster, where nothing cuts it.
  const badge = from + (bundle.common.kind === 'leaf' ? -30 : toRight ? 16 : -16);
  return markup`${strokes}<path class="fill-${colour}" d="M${to} ${y}l${back} -6v12z"/>
<circle class="badge" cx="${badge}" cy="${y}" r="9"/><text x="${badge}" y="${y + 4}" class="middle strong">${bundle.number}</text>
`;
}

/** The gateway that a hop passes, at the border of the cluster that it opens. */
const gateway = ({ to, y }: Row, name: string): Markup => {
  const width = name.length * 6.05 + 12;
  return markup`<rect class="box guest" x="${to + 26}" y="${y - 10}" width="${width}" height="20" rx="4"/>
<text x="${to + 26 + width / 2}" y="${y + 3.5}" class="mono middle">${name}</text>`;
};

/** A lock, open where nobody encrypts. */
function lock(hop: Hop, x: number, y: number): Markup {
  const shackle = hop.encryptedBy.length > 0 ? 'V3a2.5 2.5 0 0 1 5 0V5' : 'V1.5a2.5 2.5 0 0 1 5 0';
  const colour = tone(hop);
  return markup`<g transform="translate(${x} ${y})"><path class="stroke-lock" style="stroke:var(--${colour === 'near' ? 'muted' : colour.toLowerCase()})" d="M2 5${shackle}" fill="none" stroke-width="1.5"/><rect class="fill-${colour}" y="4.6" width="9" height="6" rx="1.2"/></g>`;
}
