import { describe, expect, it } from 'vitest';
import { covers, overlap } from '../../../model/subjects.ts';

describe('two subjects', () => {
  it.each([
    ['test.a', 'test.a', true],
    ['test.a', 'test.b', false],
    ['test.*', 'test.b', true],
    ['*.a', 'test.*', true],
    ['test.>', 'test.a.b', true],
    ['test.>', 'test', false],
    ['test.*', 'test.a.b', false],
    ['>', 'anything.at.all', true],
    ['a.*.c', 'a.b.>', true],
    ['a.*.c', '*.b.d', false],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect([overlap(one, other), overlap(other, one)]).toEqual([expected, expected]);
  });

  it.each([
    ['test.>', 'test.a', true],
    ['test.>', 'test.>', true],
    ['test.>', 'test.*', true],
    ['test.*', 'test.a', true],
    ['test.*', 'test.>', false],
    ['test.a', 'test.*', false],
    ['test.a', 'test.a', true],
    ['test.*', 'test.a.b', false],
    ['test', 'test.a', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(covers(outer, inner)).toBe(expected);
  });
});
