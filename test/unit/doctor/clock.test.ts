import { expect, it } from 'vitest';
import { clocks } from '../../../doctor/checks/clock.ts';

/** A clock that is ahead by so many seconds, as far as an answer within a fifth of a second tells. */
const clock = (cluster: string, seconds: number) => ({
  cluster,
  offset: { least: seconds * 1000 - 1200, most: seconds * 1000 },
});
const said = (...all: ReturnType<typeof clock>[]) =>
  clocks(all).map(({ cluster, level, what }) => `${cluster} ${level}: ${what}`);

it('is content while no two clocks are certainly more than 20 seconds apart', () => {
  expect(said(clock('vm-a', 11), clock('vm-b', -9))).toEqual([
    'vm-a ok: its clock agrees',
    'vm-b ok: its clock agrees',
  ]);
});

it('tells a clock that differs from another, though neither differs from that of this machine', () => {
  expect(said(clock('vm-a', 15), clock('vm-b', -15))).toEqual([
    'vm-a ok: its clock agrees',
    "vm-b problem: its clock is 30 s behind vm-a's",
  ]);
});

it('does not call a clock good that it was not told of', () => {
  expect(said(clock('vm-a', Number.NaN))).toEqual(['vm-a unknown: its API server does not tell the time']);
});

it('tells a clock that differs from all', () => {
  expect(said(clock('vm-a', 0), clock('vm-b', 3600))).toEqual([
    'vm-a ok: its clock agrees',
    "vm-b problem: its clock is 3599 s ahead of this machine's",
    "vm-b problem: its clock is 3600 s ahead of vm-a's",
  ]);
});
