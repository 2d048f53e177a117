import { relative } from 'node:path';

/** A path as messages and commands show it: relative to the working folder where that is below it. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** A text as one word of a shell, quoted where it needs that. */
export const shellWord = (text: string) =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
