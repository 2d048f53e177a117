import { resolve } from 'node:path';
import { ISSUED } from '../certs/store/folder.ts';
import { UsageError } from '../terminal/usage-error.ts';
import type { Values } from './command-line.ts';

/** Where the credentials are, which several commands ask for. */
export const FOLDER = {
  type: 'string',
  valueHint: 'path',
  description: 'where the credentials are (default: certs/issued)',
} as const;

/** The text of an option that may be left out. @throws UsageError if it is empty */
export function text(values: Values, name: string): string | undefined {
  const value = values[name] as string | undefined;
  if (value === '') throw new UsageError(`--${name} is empty`);
  return value;
}

/** @throws UsageError if it is no number of at most five digits */
export function number(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value !== undefined && !/^\d{1,5}$/.test(value)) throw new UsageError(`--${name} is not a number`);
  return value === undefined ? undefined : Number(value);
}

export const issuedFolder = (values: Values) => resolve(text(values, 'folder') ?? ISSUED);
