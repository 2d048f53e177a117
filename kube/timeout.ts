/** Something did not come in time. */
export class TookTooLong extends Error {}

/**
 * What a promise gives, if it does so in time.
 * @param milliseconds the longest time to wait
 * @param what completes the sentence "… did not answer within 5 s"
 * @throws TookTooLong otherwise; whatever the promise waits for goes on
 */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new TookTooLong(`${what} did not answer within ${milliseconds / 1000} s`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
