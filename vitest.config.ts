import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.ts';

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    // Two files at a time keep a two-core machine busy without starving the servers that the tests start.
    maxWorkers: 2,
    projects: [
      {
        // Seconds: no process is started, and nothing is written but to a temporary folder. Files share their modules,
        // because loading them anew for each file takes twice as long as the tests themselves.
        // The timeout is for a machine whose processors are busy with something else.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false, testTimeout: 60_000 },
      },
      {
        // Real servers start and stop in these tests; a hung one should still end the run within minutes.
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
