/**
 * How NATS subjects with wildcards relate.
 * @see https://docs.nats.io/nats-concepts/subjects#wildcards
 */

/** Whether some subject matches both patterns. */
export function overlap(one: string, other: string): boolean {
  return related(one.split('.'), other.split('.'), (a, b) => a === b || a === '*' || b === '*', true);
}

/** Whether every subject that matches `inner` matches `outer` too. */
export function covers(outer: string, inner: string): boolean {
  return related(outer.split('.'), inner.split('.'), (a, b) => a === b || (a === '*' && b !== '>'), false);
}

function related(
  one: readonly string[],
  other: readonly string[],
  same: (a: string, b: string) => boolean,
  bothWays: boolean,
): boolean {
  for (let i = 0; i < Math.max(one.length, other.length); i += 1) {
    const [a, b] = [one[i], other[i]];
    if (a === undefined || b === undefined) return false;
    if (a === '>' || (bothWays && b === '>')) return true;
    if (!same(a, b)) return false;
  }
  return true;
}
