import type { Say } from './say.ts';

const INTERVAL = 1000;

/**
 * Reports how far a long job is: a short one reports nothing. On a terminal it is one line, which is gone in the end;
 * elsewhere a line about once a second.
 */
export function progress(job: string, total: number, say: Say): (done: number) => void {
  let last = Date.now();
  let shown = false;
  return (done) => {
    if (done === total && shown) say.replace?.('');
    if (done === total || Date.now() - last < INTERVAL) return;
    last = Date.now();
    shown = true;
    const line = `${job}: ${done} of ${total}`;
    if (say.replace) say.replace(line);
    else say(line);
  };
}
