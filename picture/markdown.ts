/** Text that is Markdown already. */
export class Markdown {
  constructor(readonly text: string) {}
}

type Content = Markdown | string | number | readonly Markdown[];

/** A piece of Markdown. A value in it is shown as code, letter by letter, unless it is a number or Markdown itself. */
export const md = (parts: TemplateStringsArray, ...values: Content[]) =>
  new Markdown(parts.reduce((text, part, i) => text + written(values[i - 1] as Content) + part));

function written(value: Content): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return code(value);
  return value instanceof Markdown ? value.text : value.map(({ text }) => text).join('');
}

/** Words of our own, such as a count, which are not shown as code. */
export const words = (text: string) => new Markdown(text);

export const joined = (pieces: readonly Markdown[], separator: string) =>
  new Markdown(pieces.map(({ text }) => text).join(separator));

/** Values as code, such as the subjects of a user. */
export const listed = (values: readonly string[], separator = ', ') =>
  joined(
    values.map((value) => md`${value}`),
    separator,
  );

/** A row of a table. */
export const tableRow = (cells: readonly Markdown[]) => md`| ${joined(cells, ' | ')} |\n`;

/** What can stand between backticks in a cell of a table as it is. */
const PLAIN = /^(?! )[ !-[\]^_a-{}~]+(?<! )$/;

function code(value: string): string {
  if (PLAIN.test(value)) return `\`${value}\``;
  const entities = value.replace(/[^a-zA-Z0-9]/gu, (char) => `&#${char.codePointAt(0)};`);
  return `<code>${entities}</code>`;
}
