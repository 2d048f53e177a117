import { refuse } from '../../model/checks.ts';
import type { Credentials } from '../../model/credentials.ts';

/** bcrypt reads no further, so that whatever begins with the same bytes would be let in. */
const MAX_BYTES = 72;

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

/**
 * What a server gets to know of the password of this name.
 * @throws InvalidInput if nobody could sign in with the password, without it
 */
export function passwordHashOf(credentials: Credentials, name: string): string {
  passwordOf(credentials, name);
  return credentials.passwordHash(name);
}

function problemOf(password: string): string | undefined {
  if (password === '') return 'is empty; use at least one character';
  const bytes = Buffer.byteLength(password);
  if (bytes > MAX_BYTES) return `has ${bytes} bytes; use at most ${MAX_BYTES}, of which bcrypt reads all`;
  if (/[\p{Cc}\p{Cs}]/u.test(password))
    return 'has a control character or half of one; use characters that can be printed';
  return undefined;
}
