import type { Group } from './promtool.ts';

/** How much faster time goes for the rules: three minutes are six seconds. */
const FACTOR = 30;

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Rules that wait for less long, so that a test can wait for them: every `for`, range, step and offset is shortened alike.
 * Limits stay, such as the seconds without a mirror's heartbeat, because the servers keep their own time.
 */
export const scaled = (groups: readonly Group[]): Group[] =>
  groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: rule.expr.replace(/(\[|:|offset )(\d+[smhd])\b/g, (_, before, time) => before + shorter(time)),
      ...(rule.for && { for: shorter(rule.for) }),
    })),
  }));

const shorter = (duration: string) =>
  `${(Number(duration.slice(0, -1)) * SECONDS[duration.slice(-1)]! * 1000) / FACTOR}ms`;
