import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a process took from its start to its end. */
export interface Cost {
  /** Milliseconds of wall time. */
  readonly wall: number;
  /** Milliseconds of all processors. */
  readonly cpu: number;
  /** Peak resident memory in MiB. */
  readonly mebibytes: number;
}

/** Runs `node` with these arguments in a folder to its end, and says what it took. */
export function measureNode(args: readonly string[], cwd: string): Cost {
  const usage = join(import.meta.dirname, 'report-usage.cjs');
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', usage, ...args], {
    encoding: 'utf8',
    cwd,
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${stderr}`);
  return { wall, ...(JSON.parse(stdout) as Omit<Cost, 'wall'>) };
}

/**
 * Milliseconds of all processors that the ended children of this process have used so far. Linux counts them in steps of
 * ten, so what is measured has to take many.
 */
export function childrenCpu(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const [user, system] = fields.slice(13, 15).map(Number) as [number, number];
  return (user + system) * 10;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error('There is no median of nothing.');
  return (low + high) / 2;
}

/** The median of each quantity over several runs. */
export const medianCost = (runs: readonly Cost[]): Cost => ({
  wall: median(runs.map(({ wall }) => wall)),
  cpu: median(runs.map(({ cpu }) => cpu)),
  mebibytes: median(runs.map(({ mebibytes }) => mebibytes)),
});
