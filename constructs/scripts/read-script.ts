import { readFileSync } from 'node:fs';

/** The shell scripts of this folder. */
export type ScriptName =
  | 'export'
  | 'publish'
  | 'publish-stream'
  | 'reload'
  | 'streams'
  | 'subscribe'
  | 'subscribe-durable';

const read = new Map<string, string>();

/** The text of a script as a manifest has it: without comments, which whoever wants to know why finds in the file. */
export function script(name: ScriptName | 'prelude'): string {
  const known = read.get(name);
  if (known !== undefined) return known;
  const file = readFileSync(new URL(`${name}.sh`, import.meta.url), 'utf8');
  const text = file
    .replace(/^[ \t]*#.*\n/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  read.set(name, text);
  return text;
}

/** The same for a client, which signs in with what the prelude defines. */
export const clientScript = (name: ScriptName): string => `${script('prelude')}\n${script(name)}`;
