import { randomInt } from 'node:crypto';

/** File in `certs/issued/` with every password, by `passwordName`. */
export const PASSWORDS = 'passwords.json';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ALPHANUMERICS = `${LETTERS}0123456789`;

const pick = (characters: string) => characters[randomInt(characters.length)];

/** 40 random letters and digits, more than 230 bits; a letter first, so that nothing reads it as a number. */
export const randomPassword = () =>
  pick(LETTERS) + Array.from({ length: 39 }, () => pick(ALPHANUMERICS)).join('');

/** The passwords in the text of `passwords.json`; undefined when it is anything but one object of non-empty strings. */
export function parsePasswords(text: string): Record<string, string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every(([, password]) => typeof password === 'string' && password !== '')) return undefined;
  return Object.fromEntries(entries);
}

export const formatPasswords = (passwords: Readonly<Record<string, string>>) =>
  `${JSON.stringify(passwords, undefined, 2)}\n`;
