/**
 * What servers know of passwords: bcrypt hashes, so that a server's Secret signs nobody in. Passwords are random, so the
 * least cost will do. A hash depends on nothing but the name and the password, or each synth would have every server
 * reload; and it is kept, because making a thousand of them takes a second.
 */
import { createHmac } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { parsePasswords } from './passwords.ts';

/** File in `certs/issued/` with the hash of every password, by `passwordName`. Whatever does not fit is made anew. */
export const HASHES = 'password-hashes.json';

/** 2^4 rounds, the least that bcrypt knows. */
const SCHEME = '$2a$04$';

/** The hashes in the text of the file; none where it is anything but one object of strings. */
export const parseHashes = (text: string): Record<string, string> => parsePasswords(text) ?? {};

/** The hash of a password: the known one if it is of this password, because no other password has its salt. */
export function hashOf(name: string, password: string, known: string | undefined): string {
  const salt = saltOf(name, password);
  return known?.startsWith(salt) ? known : bcrypt.hashSync(password, salt);
}

/** The hashes of passwords by name, and the known ones themselves if they are the same. */
export function hashesOf(
  names: readonly string[],
  passwords: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const made = names.map((name) => [name, hashOf(name, passwords[name]!, known[name])] as const);
  const same =
    made.length === Object.keys(known).length && made.every(([name, hash]) => known[name] === hash);
  return same ? known : Object.fromEntries(made);
}

/** Nobody can tell it who does not know the password, and two names with one password have two. */
function saltOf(name: string, password: string): string {
  const bytes = createHmac('sha256', password)
    .update(`nats-mtls bcrypt salt of ${name}`)
    .digest()
    .subarray(0, 16);
  return SCHEME + bcrypt.encodeBase64(bytes, 16);
}
