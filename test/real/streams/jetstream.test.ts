import { afterAll, beforeAll, expect, it } from 'vitest';
import { streamConfig } from '../../../constructs/nats/jetstream-config.ts';
import { topology } from '../../../examples/production.ts';
import { streamModel } from '../../../model/defaults.ts';
import type { Stream } from '../../../model/jetstream.ts';
import { expectAll, once, repeated } from '../../support/drill.ts';
import { Load, SIGN_IN } from '../../support/load.ts';
import { describeReal } from '../../support/parts.ts';
import { consecutive, logOf, Production, received, streamsOf } from '../../support/production.ts';
import { type Pod, PROMPT } from '../../support/stage/pod.ts';
import { until } from '../../support/until.ts';

const [events] = topology.brokerCluster.streams as [Stream];

describeReal(['namespaces', 'nats-server', 'nats'], 'the synthesized pods of examples/production.ts', () => {
  let production: Production;

  beforeAll(async () => {
    production = await Production.start({ leaves: 1 });
  });

  afterAll(() => production?.stop());

  const leaf = () => production.leaves[0]!;

  /** Waits until `count` more messages have been received, and returns all of them. */
  async function next(count: number): Promise<number[]> {
    const before = received(leaf()).length;
    await until(`${count} more messages`, () => received(leaf()).length >= before + count, 120_000);
    return received(leaf());
  }

  const jsz = async (pod: Pod) => (await streamsOf(pod))[0]!;

  /** How far each station of a message has come. */
  async function standing({ published, acknowledged }: Load) {
    const { state: stream } = await jsz(production.brokers[0]!);
    const { state: mirror, consumer_detail } = await jsz(leaf().servers[0]!);
    const log = leaf().subscriber.logs().slice(-500);
    return JSON.stringify({ published, acknowledged, stream, mirror, consumer_detail, log });
  }

  it('keep the stream on three brokers, and a mirror of it on the leaf', async () => {
    for (const broker of production.brokers) {
      expect((await jsz(broker)).config).toMatchObject({
        name: 'EVENTS',
        subjects: ['test.>'],
        num_replicas: 3,
      });
    }
    const mirror = await jsz(leaf().servers[0]!);
    expect(mirror.config).toMatchObject({ name: 'EVENTS', mirror: { name: 'EVENTS' } });
    expect(mirror.config.subjects).toBeUndefined();
    expect(mirror.consumer_detail![0]!.config).toMatchObject({
      durable_name: 'nats-subscriber',
      max_ack_pending: 1,
    });
  });

  it('deliver the numbered messages in order', async () => {
    const numbers = await next(5);
    expect(numbers).toEqual(consecutive(numbers));
    expect(numbers[0]).toBe(1);
  });

  it('lose nothing when the subscriber is replaced under load, and repeat one message a time at most', async () => {
    const load = new Load(() => production.publisher, 'replaced', 0);
    const delivered = () => load.received(logOf(leaf()));
    try {
      for (const _ of [1, 2, 3]) {
        const before = delivered().length;
        // What was on its way to the pod that left is delivered again after `ackWait`, 10 seconds.
        await until('more of the load is delivered', () => delivered().length > before + 50, 240_000);
        await leaf().subscriber.stop();
        leaf().earlier += leaf().subscriber.logs();
        leaf().subscriber = await leaf().cluster.startPod('nats-subscriber');
      }
    } catch (error) {
      throw new Error(await standing(load), { cause: error });
    } finally {
      // What follows would wait behind a load that nobody ends.
      await load.stop();
    }
    await until('all of the load is delivered', () => once(delivered()).length >= load.acknowledged, 240_000);
    expectAll(delivered(), load.acknowledged);
    expect(repeated(delivered()).length).toBeLessThanOrEqual(3);
  }, 900_000);

  it("lose and repeat nothing when the publisher's container dies", async () => {
    const container = production.publisher.container();
    const deaths = container.exits.length;
    container.signal('SIGKILL');
    await until('it is dead', () => container.exits.length > deaths);
    const earlier = production.publisher.logs().length;
    // Messages of before may still be arriving, and a shell that has just started does not know SIGTERM yet.
    const published = () => production.publisher.logs().slice(earlier).includes('Stored in Stream');
    await until('it publishes again', published, 60_000);
    const numbers = await next(4);
    expect(numbers).toEqual(consecutive(numbers));
  });

  it('stop within seconds of SIGTERM', async () => {
    for (const pod of [production.publisher, leaf().subscriber]) {
      const started = Date.now();
      await pod.stop();
      expect(Date.now() - started).toBeLessThan(PROMPT);
    }
    production.publisher = await production.hub.startPod('nats-publisher');
    leaf().earlier += leaf().subscriber.logs();
    leaf().subscriber = await leaf().cluster.startPod('nats-subscriber');
  });

  it('deny every user what it has no need of', async () => {
    const log = () => production.brokers.map((pod) => pod.logs()).join('');
    const attempt = (pod: Pod, command: string) =>
      pod.exec(['sh', '-c', `${SIGN_IN} n --timeout 1s ${command}`]);
    const denied: [Pod, string, RegExp][] = [
      [
        production.publisher,
        'stream info EVENTS',
        /user:natsuser" - Publish Violation - Subject ".JS.API.STREAM.INFO/,
      ],
      [
        production.publisher,
        'pub other.subject x',
        /user:natsuser" - Publish Violation - Subject "other.subject"/,
      ],
      [production.publisher, 'sub --wait 1s "_INBOX.>"', /user:natsuser" - Subscription Violation/],
      [
        production.controller,
        'stream purge EVENTS --force',
        /nats-streams" - Publish Violation - Subject ".JS.API.STREAM.PURGE/,
      ],
      [
        production.controller,
        'stream rm EVENTS --force',
        /nats-streams" - Publish Violation - Subject ".JS.API.STREAM.DELETE/,
      ],
      [
        production.controller,
        'pub test.messages x',
        /nats-streams" - Publish Violation - Subject "test.messages"/,
      ],
    ];
    for (const [pod, command, violation] of denied) {
      expect(log()).not.toMatch(violation);
      await attempt(pod, command);
      await until(`${command} is denied`, () => violation.test(log()));
    }
  });

  it('name what the topology no longer has, and how a person deletes it', async () => {
    const { controller, brokers } = production;
    const old: Stream = { name: 'OLD', subjects: ['old'], maxAge: '1d', maxBytes: '64Mi' };
    const audit = { name: 'audit', stream: 'EVENTS' };
    production.change({
      streams: [events, old],
      consumers: [audit],
    });
    await until(
      'both are there',
      async () => {
        const streams = await streamsOf(brokers[0]!);
        const consumers = streams.flatMap(({ consumer_detail }) => consumer_detail ?? []);
        return streams.length === 2 && consumers.length === 1;
      },
      40_000,
    );
    production.change({});
    await controller.waitForLog(/stream OLD is on the server but not in the topology; it stays .*\['OLD'\]/);
    await controller.waitForLog(/consumer EVENTS.audit is on the server .*\['EVENTS.audit'\]/);

    production.change({ deletable: ['OLD', 'EVENTS.audit'] });
    for (const name of ['OLD', 'EVENTS.audit']) {
      const line = new RegExp(`${name} is on .*delete it with: kubectl -n nats-system (.*)`);
      const [, command] = await controller.waitForLog(line);
      expect(command).toMatch(/^exec deploy\/nats-streams -c nats-streams -- sh -c '[^']*'$/);
      const [, script] = /'(.*)'/.exec(command!)!;
      await until(
        `${name} is deleted`,
        async () => (await controller.exec(['sh', '-c', script!])).code === 0,
      );
    }
    const [stream, ...others] = await streamsOf(brokers[0]!);
    expect(others).toEqual([]);
    expect(stream).toMatchObject({ config: { name: 'EVENTS' } });
    expect(stream!.consumer_detail ?? []).toEqual([]);
    production.change({});
  }, 120_000);

  const describeStream = (stream: Stream) => {
    const data = {
      'EVENTS.stream.json': streamConfig(streamModel(stream, 3)),
      ...(stream.allowDataLoss && { 'EVENTS.allow-data-loss': 'true\n' }),
    };
    const metadata = { name: 'nats-streams-config', namespace: 'nats-system' };
    production.hub.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    return production.controller.logs().length;
  };
  const live = async () => (await jsz(production.brokers[0]!)).config;

  it('change a stream where nothing can be lost', async () => {
    const after = describeStream({ ...events, maxAge: '8d', subjects: ['test.>', 'more.>'] });
    await production.controller.waitForLog(/stream EVENTS is changed/, { after });
    expect(await live()).toMatchObject({ max_age: 8 * 86_400e9, subjects: ['test.>', 'more.>'] });
  });

  it('refuse changes that could lose messages, and say which', async () => {
    const before = await live();
    const after = describeStream({ ...events, maxAge: '6d', maxBytes: '7Gi', replicas: 1 });
    const [line] = await production.controller.waitForLog(/stream EVENTS stays as it is.*/, { after });
    for (const reason of [
      'max_age goes from 691200000000000 down to 518400000000000;',
      'max_bytes goes from 8589934592 down to 7516192768;',
      'num_replicas goes from 3 down to 1;',
      'it no longer keeps more.>;',
      'set allowDataLoss: true on the stream if that is meant',
    ]) {
      expect(line).toContain(reason);
    }
    expect(await live()).toEqual(before);
    await until(
      'the controller is not ready',
      async () => (await production.controller.exec(['test', '-f', '/tmp/ready'])).code === 1,
    );
  });

  it('make even those changes where the topology allows it', async () => {
    const after = describeStream({ ...events, maxBytes: '7Gi', allowDataLoss: true });
    await production.controller.waitForLog(/stream EVENTS is changed/, { after });
    expect(await live()).toMatchObject({ max_bytes: 7 * 2 ** 30, subjects: ['test.>'] });
  });
});
