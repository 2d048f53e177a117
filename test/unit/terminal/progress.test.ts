import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { progress } from '../../../terminal/progress.ts';
import type { Say } from '../../../terminal/say.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Reports ten steps of so many milliseconds, and gives what was said. */
function tenSteps(milliseconds: number, terminal: boolean): string[] {
  const lines: string[] = [];
  const say: Say = Object.assign(
    (line: string) => void lines.push(line),
    terminal ? { replace: (line: string) => void lines.push(`again: ${line}`) } : {},
  );
  const report = progress('working', 10, say);
  for (let done = 1; done <= 10; done += 1) {
    vi.advanceTimersByTime(milliseconds);
    report(done);
  }
  return lines;
}

it('says nothing of a short job', () => {
  expect(tenSteps(50, false)).toEqual([]);
  expect(tenSteps(50, true)).toEqual([]);
});

it('says a line about once a second where there is no terminal', () => {
  expect(tenSteps(400, false)).toEqual(['working: 3 of 10', 'working: 6 of 10', 'working: 9 of 10']);
});

it('replaces its line on a terminal, and takes it away in the end', () => {
  expect(tenSteps(400, true)).toEqual([
    'again: working: 3 of 10',
    'again: working: 6 of 10',
    'again: working: 9 of 10',
    'again: ',
  ]);
});
