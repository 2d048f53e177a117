/** Text that is markup already. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** A piece of HTML or SVG. Whatever stands in it as a value is escaped, unless it is markup itself. */
export const markup = (parts: TemplateStringsArray, ...values: Content[]) =>
  new Markup(parts.reduce((text, part, i) => text + written(values[i - 1]) + part));

function written(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(written).join('');
  return String(value).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
