import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/real/closing-line.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real servers start and stop in these tests; a hung one should still end the run within minutes.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two files at a time keep a two-core machine busy without starving the servers that the tests start.
    maxWorkers: 2,
    reporters: ['default', new ClosingLine()],
  },
});
