import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a condition gives something other than false or undefined, and returns that.
 * @param what - completes the sentence "Gave up waiting until …"
 * @param timeout - milliseconds; default 20000
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeout = 20_000,
): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const result = await condition();
    if (result !== false && result !== undefined) return result as Exclude<T, false | undefined>;
    if (Date.now() > deadline) throw new Error(`Gave up waiting until ${what}, after ${timeout / 1000} s.`);
    await sleep(50);
  }
}
