/** Understands the words of a call, and answers those that it does not with the usage. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './command.ts';
import { ISSUED } from './store.ts';

/** The word after `rotate` for all that ends soon. */
export const EXPIRING = 'expiring';

/** The options of a call, with their defaults. */
export interface Words {
  readonly name: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** @default - what the command takes for soon */
  readonly days?: number;
  readonly json: boolean;
  readonly confirmed?: string;
  /** File descriptor with the passphrase. @default - the terminal is asked */
  readonly passphraseFd?: number;
}

/** @throws UsageError when an option is unknown, or does not belong to the command */
export function parseCall(words: readonly string[]): Words {
  const { values, positionals } = parseWords(words);
  const [name = 'mint', ...args] = positionals;
  const { days, json, confirmed, folder } = values;
  const fd = values['passphrase-fd'];
  const isNumber = (text: string | undefined) => text === undefined || /^\d{1,5}$/.test(text);
  const misplaced =
    (days !== undefined && name !== 'check' && !(name === 'rotate' && args[0] === EXPIRING)) ||
    (json !== undefined && name !== 'check') ||
    (name !== 'rotate' && confirmed !== undefined);
  if (misplaced || folder === '' || !isNumber(days) || !isNumber(fd)) throw new UsageError();
  return {
    name,
    args,
    folder: folder ? resolve(folder) : ISSUED,
    json: json ?? false,
    ...(days === undefined ? {} : { days: Number(days) }),
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(fd === undefined ? {} : { passphraseFd: Number(fd) }),
  };
}

function parseWords(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    folder: text,
    days: text,
    json: { type: 'boolean' },
    confirmed: text,
    'passphrase-fd': text,
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch {
    throw new UsageError();
  }
}
