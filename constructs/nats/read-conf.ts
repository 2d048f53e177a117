/** A block of `nats.conf` as it is read back. */
export interface Conf {
  readonly [key: string]: ConfEntry;
}

export type ConfEntry = string | number | boolean | Conf | readonly ConfEntry[];

/**
 * Reads what `natsConfig` writes, and no more of nats-server's language than that.
 * @param included the text of a file that the configuration includes, by its path
 * @throws Error if the text is not of that form
 */
export function readConf(text: string, included: (path: string) => string): Conf {
  return block(text.match(TOKEN)?.values() ?? [].values(), included);
}

/** A quoted string, a sign, or a word; commas and ends of lines only separate. */
const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\]:]|[^\s{}[\]:,"]+/g;

type Tokens = Iterator<string>;
type Included = (path: string) => string;

function block(tokens: Tokens, included: Included): Conf {
  const entries: Record<string, ConfEntry> = {};
  for (let next = tokens.next(); !next.done && next.value !== '}'; next = tokens.next()) {
    const key = next.value;
    if (key === 'include') Object.assign(entries, readConf(included(token(tokens)), included));
    else if (token(tokens) === ':') entries[key] = entry(token(tokens), tokens, included);
    else throw new Error(`nats.conf has no colon after ${key}.`);
  }
  return entries;
}

function list(tokens: Tokens, included: Included): ConfEntry[] {
  const entries: ConfEntry[] = [];
  for (let next = token(tokens); next !== ']'; next = token(tokens)) {
    entries.push(entry(next, tokens, included));
  }
  return entries;
}

function entry(first: string, tokens: Tokens, included: Included): ConfEntry {
  if (first === '{') return block(tokens, included);
  if (first === '[') return list(tokens, included);
  if (first.startsWith('"')) return unquoted(first);
  if (first === 'true' || first === 'false') return first === 'true';
  return Number.isNaN(Number(first)) ? first : Number(first);
}

function token(tokens: Tokens): string {
  const next = tokens.next();
  if (next.done) throw new Error('nats.conf ends too early.');
  return next.value;
}

const unquoted = (text: string) =>
  text
    .slice(1, -1)
    .replace(/\\x([0-9A-F]{2})|\\(.)/g, (_, code?: string, char?: string) =>
      code === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
    );

/** The entry at a path, or `undefined` where a step is missing. */
export function at(conf: ConfEntry | undefined, ...path: string[]): ConfEntry | undefined {
  return path.reduce<ConfEntry | undefined>(
    (value, key) => (typeof value === 'object' && !Array.isArray(value) ? (value as Conf)[key] : undefined),
    conf,
  );
}

/** A list as it is, nothing as an empty one, and anything else as its only element. */
export const listed = (value: ConfEntry | undefined): readonly ConfEntry[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as ConfEntry];
