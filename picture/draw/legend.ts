import { type Markup, markup } from './markup.ts';
import { line } from './text.ts';

/** Height of the legend with the line above it, in CSS pixels. */
export const LEGEND = 92;

const stroke = (...layers: readonly string[]) =>
  layers.map((layer, i) => {
    const y = -4 + (i - (layers.length - 1) / 2) * 4;
    return markup`<path class="stroke-${layer}" d="M0 ${y}h30"/>`;
  });

const sign = (text: string) => markup`<text x="11" class="strong">${text}</text>`;

const COLUMNS: readonly { x: number; keys: readonly (readonly [Markup | Markup[], string])[] }[] = [
  {
    x: 0,
    keys: [
      [stroke('Linkerd'), 'Linkerd encrypts, proxy to proxy'],
      [stroke('NATS'), 'NATS encrypts, end to end'],
      [stroke('Linkerd', 'NATS'), 'both, one within the other'],
    ],
  },
  {
    x: 300,
    keys: [
      [stroke('near'), 'in clear, but within the node'],
      [stroke('alarm'), 'nobody encrypts'],
    ],
  },
  {
    x: 570,
    keys: [
      [sign('→'), 'what the caller proves'],
      [sign('←'), 'what the callee proves'],
      [sign('✓'), 'the policy that admits it'],
    ],
  },
];

/** What the lines and signs of the picture mean, in three columns, under a line that sums it up. */
export function legend(summary: string, alarm: boolean, width: number): Markup {
  const columns = COLUMNS.map(({ x, keys }) =>
    keys.map(
      ([drawn, words], i) => markup`<g transform="translate(${x} ${42 + i * 18})">${drawn}${line(
        { x: 38, y: 0, width: 230 },
        words,
        ['soft'],
      )}</g>
`,
    ),
  );
  return markup`${line({ x: 0, y: 17, width }, summary, ['strong', ...(alarm ? ['fill-alarm'] : [])])}${columns}`;
}
