import { availableParallelism, cpus, totalmem } from 'node:os';

/** What a run was made on, without which its figures say little. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${memory} GiB, Node ${process.version}`;
}
