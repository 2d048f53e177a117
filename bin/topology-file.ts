/** Loads what the user says about the clusters. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { createJiti } from 'jiti';
import { InvalidInput } from '../model/checks.ts';

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `topology.${ending}`);

/**
 * The topology of the working folder. TypeScript is compiled as it is loaded; its types are not checked.
 * @throws InvalidInput when there is no such file, when it throws, or when it exports no topology
 */
export async function loadTopology(folder = process.cwd()): Promise<unknown> {
  const [name, ...others] = NAMES.filter((each) => existsSync(join(folder, each)));
  if (!name)
    refuseFile(
      'topology.ts',
      'is not in this folder; go to the folder that has it, or make one with npx nats-mtls init <folder>',
    );
  if (others.length > 0) refuseFile(name, `is here, and ${others.join(' and ')} too; keep one of them`);
  const { topology, default: whole } = await load(name, join(folder, name));
  // A CommonJS file has all that it exports as its default.
  const found = topology ?? (whole as { topology?: unknown } | undefined)?.topology ?? whole;
  if (found === undefined) refuseFile(name, 'exports no topology; write `export const topology = { … };`');
  return found;
}

async function load(name: string, path: string): Promise<{ topology?: unknown; default?: unknown }> {
  // What jiti keeps is found by the content of the file, so it is never out of date.
  const jiti = createJiti(path, { interopDefault: false });
  try {
    return await jiti.import(path);
  } catch (error) {
    refuseFile(name, `cannot be loaded; mend it: ${reason(error, path)}`);
  }
}

/** What went wrong, in one line, and in which line of the file where that is known. */
function reason(error: unknown, path: string): string {
  if (!(error instanceof Error)) return `it throws ${String(error)}`;
  const [message = ''] = stripVTControlCharacters(error.message).split('\n');
  const at = error.stack?.split(path)[1]?.match(/^:(\d+):\d+/)?.[1];
  const shown = message.replaceAll(path, 'it').trim() || error.name;
  return at ? `${shown} (line ${at})` : shown;
}

function refuseFile(name: string, problem: string): never {
  throw new InvalidInput(`${name}: ${problem}`);
}
