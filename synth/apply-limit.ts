import type { SecretObject } from './secrets.ts';

/** What the annotations of an object may have together, in bytes; `kubectl apply` keeps a copy of the object there. */
export const ANNOTATION_LIMIT = 256 * 1024;

/** What to do about Secrets that are too large for a plain `kubectl apply`, which is that of a broker of many leaves. */
export function applyAdvice(cluster: string, secrets: readonly SecretObject[]): string[] {
  const size = (secret: SecretObject) => Buffer.byteLength(JSON.stringify(secret));
  return secrets
    .filter((secret) => size(secret) > ANNOTATION_LIMIT)
    .map((secret) => {
      const { name } = secret.metadata;
      const kib = Math.ceil(size(secret) / 1024);
      return `${cluster}: Secret ${name} has ${kib} KiB, of which kubectl apply can copy 256 into an annotation; use kubectl apply --server-side.`;
    });
}
