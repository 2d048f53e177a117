import { problem, type Verdict, warning } from '../finding.ts';
import type { ConsumerDetail } from '../jsz.ts';

/** Messages that may wait before it is said. */
const BACKLOG = 1000;

/** Milliseconds without a delivery after which nobody is taken to read. */
const IDLE = 60_000;

/** Whether somebody reads a consumer, and keeps up. */
export function backlog(consumer: ConsumerDetail, now: Date): Verdict[] {
  const { stream_name: stream, name, num_pending: pending, num_waiting: waiting, delivered } = consumer;
  const last = delivered.last_active === undefined ? 0 : Date.parse(delivered.last_active);
  if (pending > 0 && waiting === 0 && now.getTime() - last > IDLE) {
    return [
      problem(
        `nobody reads ${pending} messages of the consumer ${name} of ${stream}`,
        'they wait until maxAge or maxBytes removes them',
        'see that its subscriber runs and is signed in',
      ),
    ];
  }
  if (pending <= BACKLOG) return [];
  return [
    warning(
      `${pending} messages wait for the consumer ${name} of ${stream}`,
      'its subscriber gets old messages',
      'run this again: the number should fall; if not, the subscriber is too slow for what is published',
    ),
  ];
}
