import { refuse } from '../model/checks.ts';
import type { Credentials } from '../model/credentials.ts';

/** Even with every character escaped, a CONNECT with such a password fits into the server's control line of 4096 bytes. */
const MAX_LENGTH = 512;

/**
 * The password of this name, if it is one that can sign in. Minted ones always are.
 * @throws InvalidInput, without the password
 */
export function passwordOf(credentials: Credentials, name: string): string {
  const password = credentials.password(name);
  const problem = problemOf(password);
  if (problem) refuse({ owner: 'credentials', property: name }, `the password ${problem}`);
  return password;
}

function problemOf(password: string): string | undefined {
  if (password === '') return 'is empty; use at least one character';
  if (password.length > MAX_LENGTH)
    return `has ${password.length} characters; use at most ${MAX_LENGTH}, which the server still reads`;
  if (/[\p{Cc}\p{Cs}]/u.test(password))
    return 'has a control character or half of one; use characters that can be printed';
  // nats-server takes such a password for the hash of another one.
  if (/^\$2[abxy]\$\d{2}\$/.test(password)) return 'begins like a bcrypt hash; use the password itself';
  return undefined;
}
