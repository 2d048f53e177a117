/** What schemas are made of: the parts of valibot in use, each with the message that a wrong value gets. */
import * as v from 'valibot';
import { shown } from '../checks.ts';
import { NOT_NETWORKS, notSaidWhence } from '../rules/check-network.ts';

/** Begins a message that is about the object which lacks something, and not about the place where it would be. */
export const OF_OBJECT = '^';

/** The message for a value: what it is, and what is wrong with it. */
const says = (problem: string) => (issue: { readonly input: unknown }) => `${shown(issue.input)} ${problem}`;

/** @param missing what to say where it is missing. @default - the same as of any other value */
export const text = (problem: string, missing?: string) =>
  v.string(({ input }) =>
    input === undefined && missing !== undefined ? missing : `${shown(input)} ${problem}`,
  );

export const number = (problem: string) => v.number(says(problem));

export const yesOrNo = () => v.boolean(says('is not a choice; use true or false'));

/** A property that is there to be written out, and has one value. */
export const writtenOut = () => v.literal(true, says('is not a choice; use true, or leave it out'));

export const choice = <const Choices extends readonly string[]>(...choices: Choices) =>
  v.picklist(choices, says(notAmong(choices)));

export const notAmong = (choices: readonly string[]) => `is not a choice; use ${choices.join(' or ')}`;

export const list = <Item extends v.GenericSchema>(item: Item, example: string) =>
  listElse(item, `is not a list; use for example ${example}`);

export const listElse = <Item extends v.GenericSchema>(item: Item, problem: string) =>
  v.array(item, says(problem));

/** Networks in CIDR notation, or `'anywhere'`. */
export const networks = (whose: string) =>
  v.union([v.array(v.string()), v.literal('anywhere')], ({ input }) =>
    input === undefined ? notSaidWhence(whose) : `${shown(input)} ${NOT_NETWORKS}`,
  );

/** A value of one kind or another, such as a number or a word. */
export const either = <const Options extends v.UnionOptions>(options: Options, problem: string) =>
  v.union(options, says(problem));

/** Names and texts, such as labels. What each may be is told by the rules. */
export const texts = (problem: string) =>
  v.custom<Record<string, string>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    says(problem),
  );

export const functionOf = <Type>(example: string) =>
  v.custom<Type>((value) => typeof value === 'function', says(`is not a function; write ${example}`));

/**
 * An object with these properties and no others.
 * @param lacking what to say of the object where one of its properties is missing. @default - it is said of the property
 */
export const object = <const Entries extends v.ObjectEntries>(
  entries: Entries,
  lacking: { readonly [Key in keyof Entries]?: string } = {},
) =>
  v.strictObject(entries, ({ input, expected, path }) => {
    const key = path?.at(-1)?.key as string | undefined;
    const all = Object.keys(entries).join(', ');
    if (key === undefined) return `${shown(input)} is not an object; give it ${all}`;
    if (expected === 'never') return `has no property ${shown(key)}; use ${all}`;
    if (lacking[key] !== undefined) return `${OF_OBJECT}${lacking[key]}`;
    // What the property would say of nothing.
    return v.safeParse(entries[key] as v.GenericSchema, undefined).issues?.[0]?.message ?? '';
  });

/** One of several objects, which the property `kind` tells apart. */
export const kinds = <const Options extends v.VariantOptions<'kind'>>(options: Options, example: string) =>
  v.variant('kind', options, ({ input, expected, path }) =>
    path === undefined
      ? `${shown(input)} is not an object; use for example ${example}`
      : `${shown(input)} ${notAmong(expected?.match(/[-\w]+/g) ?? [])}`,
  );
