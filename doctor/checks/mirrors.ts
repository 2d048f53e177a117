import { setTimeout as sleep } from 'node:timers/promises';
import { clusterFolder } from '../../terminal/output-folder.ts';
import { attempt } from '../attempt.ts';
import { type Finding, problem, type Verdict, warning } from '../finding.ts';
import { inTurn } from '../in-turn.ts';
import { type JetStreamState, jetStreamOf, type Seen, type StreamDetail } from '../jsz.ts';
import type { Target } from '../target.ts';
import { BACKLOG } from './stream.ts';

/** Milliseconds within which a mirror that lacks messages has to get some. */
const PAUSE = 3000;

/** Leaves that are asked at a time. */
const AT_ONCE = 16;

/**
 * Whether the mirrors on the leaves get what their streams have. A mirror does not say so of itself: its origin's
 * heartbeats come, and its lag stays 0, while none of its messages do.
 */
export async function mirrors(broker: Target, leaves: readonly Target[], pause = PAUSE): Promise<Finding[]> {
  const following = leaves.filter((leaf) => mirrored(leaf).length > 0);
  if (following.length === 0) return [];
  // Whatever cannot be looked at is what the check of streams says.
  const origin = await jetStreamOf(broker).catch(() => undefined);
  if (!origin) return [];
  const said = await inTurn(AT_ONCE, following, async (leaf) => {
    const verdicts = await attempt(async () => {
      const before = await jetStreamOf(leaf);
      const late = mirrored(leaf).filter((name) => last(before, name)! < last(origin, name)!);
      if (late.length === 0) return [];
      await sleep(pause);
      const after = await jetStreamOf(leaf);
      return late.flatMap((name) => judgeMirror(name, { origin, before, after }, broker, leaf));
    });
    return verdicts.map((verdict) => ({ cluster: leaf.name, check: 'streams', ...verdict }));
  });
  return said.flat();
}

const mirrored = ({ wanted }: Target) => wanted.cluster.mirrors.map(({ name }) => name);

/** The number of a stream's last message, which a mirror keeps. */
const last = ({ streams }: JetStreamState, name: string) => streams.get(name)?.detail.state.last_seq;

/** What the broker had at first, and the leaf then and some seconds later. */
export interface Progress {
  readonly origin: JetStreamState;
  readonly before: JetStreamState;
  readonly after: JetStreamState;
}

/** Whether a heartbeat came while it was waited for. */
const heard = ({ active }: NonNullable<StreamDetail['mirror']>) => active >= 0 && active < PAUSE * 1e6;

/** Whether a mirror moves that lacked messages of its stream. */
export function judgeMirror(
  name: string,
  { origin, before, after }: Progress,
  broker: Pick<Target, 'name'>,
  leaf: Pick<Target, 'name'>,
): Verdict[] {
  const [wanted = 0, was = 0, is = 0] = [origin, before, after].map((state) => last(state, name));
  const own: Seen<StreamDetail> | undefined = after.streams.get(name);
  // One that hears nothing is the business of links and, after a while, of streams.
  if (is >= wanted || !own?.detail.mirror || !heard(own.detail.mirror)) return [];
  if (is <= was) {
    return [
      problem(
        `the mirror ${name} stands still at message ${is}, while its stream on ${broker.name} has ${wanted}`,
        `its lag of ${own.detail.mirror.lag} does not show it; what is published does not reach ${leaf.name}`,
        `apply ${clusterFolder(broker.name)}, so that the leaf may answer the stream's flow control; docs/operations.md, "A mirror is behind"`,
      ),
    ];
  }
  if (wanted - is <= BACKLOG || own.detail.mirror.lag > BACKLOG) return [];
  return [
    warning(
      `the mirror ${name} lacks ${wanted - is} messages that its stream on ${broker.name} has`,
      'its readers get old messages',
      'run this again: the number should fall; if not, the link is too slow for what is published',
    ),
  ];
}
