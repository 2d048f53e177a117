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
  return block(text.match(TOKEN)?.values() ?? [].values(), included, []);
}

/** A quoted string, a sign, or a word; commas and ends of lines only separate. */
const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\]:]|[^\s{}[\]:,"]+/g;

type Tokens = Iterator<string>;
type Included = (path: string) => string;
/** The blocks around a value, the innermost first, whose keys it may refer to. */
type Scopes = readonly Conf[];

function block(tokens: Tokens, included: Included, around: Scopes): Conf {
  const entries: Record<string, ConfEntry> = {};
  const scopes = [entries, ...around];
  for (let next = tokens.next(); !next.done && next.value !== '}'; next = tokens.next()) {
    const key = next.value;
    if (key === 'include') Object.assign(entries, readConf(included(token(tokens)), included));
    else if (token(tokens) === ':') entries[key] = entry(token(tokens), tokens, included, scopes);
    else throw new Error(`nats.conf has no colon after ${key}.`);
  }
  return entries;
}

function list(tokens: Tokens, included: Included, scopes: Scopes): ConfEntry[] {
  const entries: ConfEntry[] = [];
  for (let next = token(tokens); next !== ']'; next = token(tokens)) {
    entries.push(entry(next, tokens, included, scopes));
  }
  return entries;
}

function entry(first: string, tokens: Tokens, included: Included, scopes: Scopes): ConfEntry {
  if (first === '{') return block(tokens, included, scopes);
  if (first === '[') return list(tokens, included, scopes);
  if (first.startsWith('$')) return referred(first, scopes);
  if (first.startsWith('"')) return unquoted(first);
  if (first === 'true' || first === 'false') return first === 'true';
  return Number.isNaN(Number(first)) ? first : Number(first);
}

/** What a reference stands for. One to the environment stays as it is. */
function referred(reference: string, scopes: Scopes): ConfEntry {
  const name = reference.slice(1);
  return scopes.find((scope) => Object.hasOwn(scope, name))?.[name] ?? reference;
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
