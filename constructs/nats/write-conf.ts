/**
 * Writes the configuration language of nats-server. Pure text, so that it can be tested against the server's own
 * parser.
 * @see https://docs.nats.io/running-a-nats-service/configuration
 */

/** A value that is written without quotes: a reference to an environment variable, or to a key of a block around it. */
export class Variable {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A line that pulls in another file, by a path relative to the file that holds it. */
export class Include {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

export type ConfValue = string | number | boolean | Variable | Include | ConfBlock | readonly ConfValue[];

/** Keys are ours, never a user's, because nats-server knows no way to quote a key. `undefined` is left out. */
export interface ConfBlock {
  readonly [key: string]: ConfValue | undefined;
}

/** The text of a configuration file. */
export function natsConfig(block: ConfBlock): string {
  return `${lines(block).join('\n')}\n`;
}

/** The lines of a block, without its braces. */
function lines(block: ConfBlock): string[] {
  return Object.entries(block).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (value instanceof Include) return [`include ${value.path}`];
    const [first = '', ...rest] = written(value);
    return [`${key}: ${first}`, ...rest];
  });
}

function written(value: ConfValue): string[] {
  if (value instanceof Variable) return [`$${value.name}`];
  if (typeof value === 'string') return [quoted(value)];
  if (typeof value !== 'object') return [String(value)];
  if (isList(value)) return ['[', ...indented(value.flatMap(element)), ']'];
  return ['{', ...indented(lines(value as ConfBlock)), '}'];
}

/** A thousand users take a thousand lines. A line of its own is only needed by an `Include`. */
const element = (value: ConfValue): string[] => (holdsInclude(value) ? written(value) : [oneLine(value)]);

const holdsInclude = (value: ConfValue): boolean =>
  value instanceof Include ||
  (isBlock(value) && Object.values(value).some((entry) => entry !== undefined && holdsInclude(entry)));

/** nats-server takes a comma for the end of a line. */
function oneLine(value: ConfValue): string {
  if (isList(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (!isBlock(value)) return written(value).join('');
  const entries = Object.entries(value).flatMap(([key, entry]) =>
    entry === undefined ? [] : [`${key}: ${oneLine(entry)}`],
  );
  return `{${entries.join(', ')}}`;
}

const isBlock = (value: ConfValue): value is ConfBlock =>
  typeof value === 'object' && !isList(value) && !(value instanceof Variable || value instanceof Include);

const isList = (value: ConfValue): value is readonly ConfValue[] => Array.isArray(value);

const indented = (text: string[]) => text.map((line) => `  ${line}`);

/**
 * A string in double quotes. The server's lexer knows only the escapes \\x \\t \\n \\r \\" and \\\\, so JSON's \\u, \\b
 * and \\f would be fatal.
 */
function quoted(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, escapedByte);
  return `"${escaped}"`;
}

/** Beyond ASCII a character is several bytes, which need no escape. */
const escapedByte = (char: string) =>
  char < '\x80' ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}` : char;
