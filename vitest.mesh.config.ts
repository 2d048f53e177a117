import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.ts';

/**
 * `npm run test:mesh`: one pair of clusters with Linkerd for all files, so one file after the other, and what follows a
 * failure is not worth its time.
 */
export default defineConfig({
  test: {
    reporters: ['verbose', new ClosingLine()],
    include: ['test/mesh/**/*.test.ts'],
    globalSetup: ['test/support/mesh/setup.ts'],
    fileParallelism: false,
    bail: 1,
    testTimeout: 400_000,
    hookTimeout: 1_800_000,
  },
});
