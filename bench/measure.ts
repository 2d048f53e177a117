import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a process took from its start to its end. */
export interface Cost {
  /** Milliseconds by the clock. */
  readonly wall: number;
  /** Milliseconds of all processors. */
  readonly cpu: number;
  /** Peak resident memory in MiB. */
  readonly mebibytes: number;
}

/** Runs `node` with these arguments to its end, and says what it took. */
export function measureNode(args: readonly string[]): Cost {
  const usage = join(import.meta.dirname, 'report-usage.cjs');
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', usage, ...args], {
    encoding: 'utf8',
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${stderr}`);
  return { wall, ...(JSON.parse(stdout) as Omit<Cost, 'wall'>) };
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
