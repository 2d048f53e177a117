import { type Markup, markup } from './markup.ts';

/** Width of a character in CSS pixels by class, in the widest of the fonts that the picture may get. */
const CHARACTER = { head: 9.5, name: 7.55, mono: 6.65, strong: 6.7 };
const OTHERWISE = 6.1;

/** As much of a text as fits, and a sign that there was more. */
function fit(text: string, character: number, width: number): string {
  const most = Math.max(1, Math.floor(width / character));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** What a text in letters of one width takes, in CSS pixels. */
export const monoWidth = (text: string) => text.length * CHARACTER.mono;

/** A line of SVG text, cut where it would leave its room; its title then has all of it. */
export function line(
  at: { readonly x: number; readonly y: number; readonly width: number },
  text: string,
  classes: readonly string[],
): Markup {
  const [, character = OTHERWISE] = Object.entries(CHARACTER).find(([name]) => classes.includes(name)) ?? [];
  const shown = fit(text, character, at.width);
  const whole = shown === text ? undefined : markup`<title>${text}</title>`;
  const styled = classes.length > 0 ? markup` class="${classes.join(' ')}"` : undefined;
  return markup`<text x="${at.x}" y="${at.y}"${styled}>${whole}${shown}</text>\n`;
}
