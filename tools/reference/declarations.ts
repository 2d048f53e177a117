/** Reads what the types of the topology say about themselves. It knows no more of TypeScript than those files have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a comment says. */
export interface Comment {
  readonly text: string;
  /** What holds where the property is left out. */
  readonly default?: string | undefined;
}

export interface Member extends Comment {
  readonly type: string;
  readonly optional: boolean;
}

/** An interface, or another name for a type. */
export interface Declaration extends Comment {
  readonly parent?: string | undefined;
  readonly members: ReadonlyMap<string, Member>;
  /** The types of a union, of one member where it is none. */
  readonly alias: readonly string[];
}

const COMMENT = String.raw`\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n`;
const DECLARATION = new RegExp(
  String.raw`${COMMENT}export (?:interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)\n\}|type (\w+) =([^;]+);)`,
  'g',
);
const MEMBER = new RegExp(String.raw`(?: {2}${COMMENT})? {2}readonly (\w+)(\??): ([^;]+);`, 'g');

/** The declarations of the files in `model/`, by name. */
export function declarations(...files: readonly string[]): ReadonlyMap<string, Declaration> {
  const all = new Map<string, Declaration>();
  for (const file of files) {
    const source = readFileSync(join(import.meta.dirname, '..', '..', 'model', file), 'utf8');
    for (const [, comment, name, parent, body = '', alias, types = ''] of source.matchAll(DECLARATION)) {
      all.set((name ?? alias)!, {
        ...commentOf(comment),
        parent,
        members: new Map([...body.matchAll(MEMBER)].map(memberOf)),
        alias: alternatives(types),
      });
    }
  }
  return all;
}

function memberOf([, comment, name, optional, type]: RegExpMatchArray): [string, Member] {
  return [name!, { ...commentOf(comment), type: type!, optional: optional === '?' }];
}

function commentOf(comment = ''): Comment {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim());
  const [text = '', ...tags] = lines
    .join(' ')
    .trim()
    .split(/ ?@(?=default|see)/);
  const fallback = tags.find((tag) => tag.startsWith('default'))?.slice('default '.length);
  return { text, default: fallback };
}

/** The members of a union. */
export const alternatives = (type: string): string[] =>
  type
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
