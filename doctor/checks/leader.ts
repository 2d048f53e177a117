import { type Verdict, warning } from '../finding.ts';
import type { NewLeader } from '../new-leaders.ts';

/** Seconds in which the servers have agreed on a leader after one of them has come or gone. */
const AGREED = 60;

/** Whether a stream has changed its leader although all its servers stayed, and reached each other. */
export function unsettled({ stream, leads, undisturbed }: NewLeader): Verdict[] {
  if (undisturbed - leads < AGREED) return [];
  return [
    warning(
      `the stream ${stream} changed its leader ${leads} s ago, and no server came or went before that`,
      'publishers wait for seconds at each change',
      'run this again in some minutes; if it has changed once more, docs/operations.md, "A leader does not settle"',
    ),
  ];
}
