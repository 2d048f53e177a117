/** A block of `nats.conf` as it is read back. */
export interface Conf {
  readonly [key: string]: ConfEntry;
}

export type ConfEntry = string | number | boolean | Conf | readonly ConfEntry[];

/**
 * Reads what `natsConfig` writes, and no more of nats-server's language than that: one entry a line.
 * @param included the text of a file that the configuration includes, by its path
 */
export function readConf(text: string, included: (path: string) => string): Conf {
  return block(
    text
      .split('\n')
      .map((line) => line.trim())
      [Symbol.iterator](),
    included,
  );
}

type Included = (path: string) => string;

function block(lines: Iterator<string>, included: Included): Conf {
  const entries: Record<string, ConfEntry> = {};
  for (let next = lines.next(); !next.done && next.value !== '}'; next = lines.next()) {
    const line = next.value;
    if (line === '') continue;
    const include = /^include (\S+)$/.exec(line)?.[1];
    if (include) {
      Object.assign(entries, readConf(included(include), included));
      continue;
    }
    const [, key, first] = /^([^\s:]+): (.+)$/.exec(line) ?? [];
    if (key === undefined || first === undefined) throw new Error(`nats.conf has a line of no known form.`);
    entries[key] = entry(first, lines, included);
  }
  return entries;
}

function list(lines: Iterator<string>, included: Included): ConfEntry[] {
  const entries: ConfEntry[] = [];
  for (let next = lines.next(); !next.done && next.value !== ']'; next = lines.next()) {
    entries.push(entry(next.value, lines, included));
  }
  return entries;
}

function entry(first: string, lines: Iterator<string>, included: Included): ConfEntry {
  if (first === '{') return block(lines, included);
  if (first === '[') return list(lines, included);
  if (first.startsWith('"')) return unquoted(first);
  if (first === 'true' || first === 'false') return first === 'true';
  return Number.isNaN(Number(first)) ? first : Number(first);
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
