import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Load } from './load.ts';
import { consecutive, logOf, type Production } from './production.ts';
import type { Pod } from './stage/pod.ts';
import { until } from './until.ts';

/** Something that breaks and is repaired, under a load. */
export interface Drill {
  readonly name: string;
  /** How many messages to publish, before, during and after. */
  readonly messages: number;
  /** Milliseconds between runs of `nats pub`. @default 300 */
  readonly pause?: number;
  /** Breaks it. */
  readonly fail: () => unknown;
  /** Whose logs tell of it, and how; the first of them counts. */
  readonly symptom: [pods: () => readonly Pod[], line: RegExp];
  /** Milliseconds from the symptom to the repair. */
  readonly outage: number;
  readonly repair: () => unknown;
}

/** What a drill did and what came of it. */
interface Outcome {
  readonly published: number;
  readonly acknowledged: number;
  /** Numbers of the messages in the log of each leaf's subscriber, in its order. */
  readonly delivered: readonly number[][];
  /** Seconds from the failure until a log tells of it. */
  readonly detected: number;
  /** Seconds from the repair until the publisher is acknowledged and all that was sent by then has been delivered. */
  readonly recovered: number;
}

const MINUTE = 60_000;

/**
 * How many messages may come again where a server or a subscriber died: what was acknowledged in its last moment had not
 * reached its disk, or was on its way. nats-server stores acknowledgements ten times a second and later where every CPU is
 * busy; a load sends its 25 messages faster than that, so that this is two runs of it.
 */
export const LAST_MOMENT = 50;

/** Drills on one set of clusters, and the table of what came of them. */
export class Drills {
  private readonly table: object[] = [];

  constructor(private readonly production: Production) {}

  /**
   * Performs a drill, and expects every acknowledged message once and in order on every leaf.
   * @param repeats - how many messages a subscriber may log again, one after the other; default 0
   */
  async survive(drill: Drill, repeats = 0) {
    const { published, acknowledged, delivered, detected, recovered } = await perform(drill, this.production);
    const sum = (count: (numbers: readonly number[]) => number) =>
      delivered.reduce((total, numbers) => total + count(numbers), 0);
    this.table.push({
      drill: drill.name,
      published,
      acknowledged,
      delivered: delivered.map(({ length }) => length).join(' and '),
      duplicated: sum((numbers) => repeated(numbers).length),
      'out of order': sum(disorder),
      'detected (s)': detected.toFixed(1),
      'recovered (s)': recovered.toFixed(1),
    });
    for (const numbers of delivered) {
      expect(repeated(numbers).length).toBeLessThanOrEqual(repeats);
      expect(repeated(numbers)).toEqual(consecutive(repeated(numbers)));
      expectAll(numbers, acknowledged);
    }
  }

  print() {
    console.table(this.table);
  }
}

async function perform(drill: Drill, production: Production): Promise<Outcome> {
  const load = new Load(() => production.publisher, drill.name.replaceAll(' ', '-'), drill.pause ?? 300);
  const delivered = () => production.leaves.map((leaf) => load.received(logOf(leaf)));
  const everyLeafHas = (count: number) => () => delivered().every(({ length }) => length >= count);
  await until('the load flows', everyLeafHas(1), MINUTE);

  const [pods, line] = drill.symptom;
  const before = pods().map((pod) => [pod, pod.logs().length] as const);
  await drill.fail();
  const failed = Date.now();
  await Promise.any(before.map(([pod, after]) => pod.waitForLog(line, { after, timeout: 2 * MINUTE })));
  const detected = (Date.now() - failed) / 1000;
  await sleep(drill.outage);
  await drill.repair();

  const repaired = Date.now();
  const sent = load.published;
  await until('the publisher is acknowledged again', () => load.acknowledged >= sent, 2 * MINUTE);
  await until('the leaves have caught up', everyLeafHas(sent), 4 * MINUTE);
  const recovered = (Date.now() - repaired) / 1000;
  await until('enough is published', () => load.acknowledged >= drill.messages, 4 * MINUTE);
  await load.stop();
  // A message that is lost shows in the outcome, not as a failure to wait for it.
  await until('all is delivered', everyLeafHas(load.acknowledged), MINUTE).catch(() => {});
  const { published, acknowledged } = load;
  return { published, acknowledged, delivered: delivered(), detected, recovered };
}

/** Waits until a load that has stopped is delivered. What is lost shows in what was, not as a failure to wait for it. */
export const hasArrived = (load: Load, delivered: () => readonly number[]) =>
  until('all is delivered', () => once(delivered()).length >= load.acknowledged, 2 * MINUTE).catch(() => {});

/** Expects as many messages as were acknowledged, in their order, whatever came again. */
export function expectAll(numbers: readonly number[], acknowledged: number) {
  expect(once(numbers)).toHaveLength(acknowledged);
  expect(once(numbers)).toEqual(consecutive(once(numbers)));
}

/** The numbers that came again. */
export const repeated = (numbers: readonly number[]) =>
  numbers.filter((number, i) => numbers.indexOf(number) < i);

/** How often a number came after a greater one. */
const disorder = (numbers: readonly number[]) =>
  numbers.filter((number, i) => number < (numbers[i - 1] ?? 0)).length;

/** The numbers as they came first. */
export const once = (numbers: readonly number[]) => [...new Set(numbers)];
