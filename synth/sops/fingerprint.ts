/**
 * The first line of an encrypted file. It says what the file was made from, so that one is written anew exactly where
 * its Secret or its recipients have changed, and what it held then, so that a change by hand shows. Both are keyed:
 * without the key nobody can try out what a Secret holds.
 */
import { createHmac } from 'node:crypto';
import type { SecretObject } from '../secrets.ts';

const MARK = '# nats-mtls: ';
const LINE = /^# nats-mtls: (?<source>\S+) (?<content>\S+)\n(?<rest>.*)$/s;

/** Whether synth wrote an encrypted file. */
export const isFingerprinted = (text: string) => text.startsWith(MARK);

const code = (key: string, use: string, text: string) =>
  createHmac('sha256', key).update(`nats-mtls sops ${use}\n${text}`).digest('base64url');

/** What a file is made from, in one word. */
export const sourceOf = (key: string, secret: SecretObject, recipients: readonly string[]) =>
  code(key, 'source', JSON.stringify([secret, recipients]));

/** An encrypted file with its first line. */
export const withFingerprint = (key: string, source: string, text: string) =>
  `${MARK}${source} ${code(key, 'content', `${source}\n${text}`)}\n${text}`;

/** What a file was made from, or undefined where it is not as it was written with this key. */
export function fingerprintOf(key: string, text: string): string | undefined {
  const { source = '', content, rest = '' } = LINE.exec(text)?.groups ?? {};
  return content === code(key, 'content', `${source}\n${rest}`) ? source : undefined;
}
