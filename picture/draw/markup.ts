/** Text that is markup already. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** A piece of SVG. Whatever stands in it as a value is escaped, unless it is markup itself. */
export const markup = (parts: TemplateStringsArray, ...values: Content[]) =>
  new Markup(parts.reduce((text, part, i) => text + written(values[i - 1]) + part));

function written(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(written).join('');
  return String(value)
    .replace(NOT_XML, '\ufffd')
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** What XML cannot hold in any form. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant.
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/gu;
