import type * as v from 'valibot';

type Entries = Readonly<Record<string, v.GenericSchema>>;

/** A schema, with what those that hold others have. */
type Node = v.GenericSchema & {
  readonly entries?: Entries;
  readonly wrapped?: Node;
  readonly item?: Node;
  readonly options?: readonly Node[];
  readonly getter?: (input: unknown) => Node;
  readonly literal?: unknown;
};

/** Tells of each property of each object in a value, with the schema of that object. */
export function eachProperty(
  schema: v.GenericSchema,
  value: unknown,
  tell: (schema: v.GenericSchema, key: string, value: unknown) => void,
): void {
  const { type, entries, wrapped, item, options, getter } = schema as Node;
  if (value === undefined) return;
  if (wrapped) eachProperty(wrapped, value, tell);
  else if (item) for (const one of value as unknown[]) eachProperty(item, one, tell);
  else if (getter) eachProperty(getter(value), value, tell);
  else if (type === 'variant') {
    const { kind } = value as { kind: string };
    const chosen = options?.find((option) => (option.entries?.kind as Node | undefined)?.literal === kind);
    if (chosen) eachProperty(chosen, value, tell);
  } else if (entries) {
    for (const [key, of] of Object.entries(entries)) {
      const content = (value as Record<string, unknown>)[key];
      if (content !== undefined) tell(schema, key, content);
      eachProperty(of, content, tell);
    }
  }
}

/** A value as a person writes it in TypeScript. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return '(objects, cluster) => { … }';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const name = (key: string) => (/^\w+$/.test(key) ? key : literal(key));
  return `{ ${Object.entries(value)
    .map(([key, content]) => `${name(key)}: ${literal(content)}`)
    .join(', ')} }`;
}
