import type { Reporter, TestModule } from 'vitest/node';
import { absentParts, remedyFor } from './parts.ts';

/**
 * A vitest reporter that ends a run with `Tests: N passed, N failed, N skipped`, alone on its line, and names the real
 * parts that were absent. A file or a hook that fails by itself counts as one failure.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      for (const owner of [module, ...module.children.allSuites()]) {
        if (owner.errors().length > 0) count.failed += 1;
      }
    }
    const skipped = count.skipped + count.pending;
    console.log(`Tests: ${count.passed} passed, ${count.failed} failed, ${skipped} skipped`);
    const absent = absentParts();
    if (absent.length > 0) console.log(`Real parts absent: ${absent.join(', ')} — ${remedyFor(absent)}`);
  }
}
