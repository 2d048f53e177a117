import fc from 'fast-check';
import { accountsFile } from '../../../constructs/nats/accounts.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { passwords } from './generated-topologies.ts';
import { withPasswords } from './server-files.ts';

/** Where every generator starts, so that each run tries the same. */
export const SEED = 20261122;

/** The message of a refusal, or undefined. Any other error is a failure. */
export function refusal(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
}

/** The message with which a password is refused, or undefined. */
export const refusalOf = (password: string) => {
  const credentials = withPasswords(() => password);
  return refusal(() => accountsFile({ cluster: 'vm-a', jetStream: undefined }, [], credentials));
};

/** Texts that pass for a password. */
export const usable = fc
  .sample(passwords, { seed: SEED, numRuns: 4000 })
  .filter((text) => refusalOf(text) === undefined);

/** Every name gets a password of its own, in the order of asking. */
export function passwordsFrom(pool: readonly string[], start: number) {
  const given = new Map<string, string>();
  return (name: string) => {
    const password = given.get(name) ?? pool[(start + given.size) % pool.length]!;
    given.set(name, password);
    return password;
  };
}
