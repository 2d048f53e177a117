import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InvalidInput } from '../../model/checks.ts';
import { shownPath } from '../../terminal/shown-path.ts';

const ATTEMPTS = 10;

/**
 * Runs `work` while no other process does so for the same folder.
 *
 * Each process puts up a lock file of its own, `<folder>.lock-<pid>-<random>`, and goes on only when it then sees
 * no other living process's. No name is ever used twice, so removing a dead process's file cannot hit a new one.
 * @throws InvalidInput when another process holds the lock for about a second
 */
export function withLock<Result>(folder: string, work: () => Result): Result {
  const parent = dirname(folder);
  const prefix = `${basename(folder)}.lock-`;
  mkdirSync(parent, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const own = `${prefix}${process.pid}-${randomBytes(8).toString('hex')}`;
    closeSync(openSync(join(parent, own), 'wx', 0o600));
    try {
      const other = otherLock(parent, prefix, own);
      if (!other) return work();
      if (attempt === ATTEMPTS) throw busy(folder, join(parent, other));
    } finally {
      rmSync(join(parent, own), { force: true });
    }
    // Two that started together both stand back; unequal pauses let one of them through.
    pause(50 + Math.random() * 100);
  }
}

/** Another living process's lock file. Those of dead processes are removed. */
function otherLock(parent: string, prefix: string, own: string): string | undefined {
  let found: string | undefined;
  for (const file of readdirSync(parent)) {
    if (!file.startsWith(prefix) || file === own) continue;
    if (isAlive(Number.parseInt(file.slice(prefix.length), 10))) found = file;
    else rmSync(join(parent, file), { force: true });
  }
  return found;
}

function isAlive(pid: number): boolean {
  // This process works synchronously, so a lock with its own pid is from an earlier process of that pid.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function busy(folder: string, lock: string) {
  return new InvalidInput(
    `${shownPath(folder)}: another run is changing it; wait for that run to end, or, if there is none, delete ${shownPath(lock)}, and run again.`,
  );
}

const pause = (milliseconds: number) =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
