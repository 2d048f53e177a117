import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { defaultTopology } from '../../support/minted.ts';
import { monitor } from '../../support/monitor.ts';
import { describeReal } from '../../support/parts.ts';
import { type Pod, PROMPT } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

const RECEIVED = /^✓ Received: Message #(\d+) - Published at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/gm;

describeReal(['namespaces', 'nats-server', 'nats'], 'the synthesized pods of vm-a and vm-b', () => {
  let world: World;
  let a: Cluster;
  let b: Cluster;
  let broker: Pod;
  let leaf: Pod;
  let publisher: Pod;
  let subscriber: Pod;

  beforeAll(async () => {
    world = World.start();
    const objects = defaultTopology();
    a = world.cluster('1.1.1.1', objects.get('vm-a')!);
    b = world.cluster('2.2.2.2', objects.get('vm-b')!);
    // Clients first: on a cluster nothing waits for the servers either.
    subscriber = await b.startPod('nats-subscriber');
    publisher = await a.startPod('nats-publisher');
    leaf = await b.startPod('nats-leaf-0');
    broker = await a.startPod('nats-broker-0');
    await Promise.all([broker.ready(), leaf.ready()]);
  });

  afterAll(() => world?.stop());

  const received = () => [...subscriber.logs().matchAll(RECEIVED)].map(([, number]) => Number(number));

  /** Waits until `count` more messages have been received, and returns their numbers. */
  async function next(count: number): Promise<number[]> {
    const before = received().length;
    await until(`${count} more messages`, async () => received().length >= before + count, 40_000);
    return received().slice(before, before + count);
  }

  const consecutive = (numbers: number[]) => numbers.map((_, i) => (numbers[0] ?? 0) + i);

  it.each(['nats-broker-0', 'nats-leaf-0'])(
    '%s has a configuration that nats-server finds no fault with',
    async (name) => {
      const pod = name === 'nats-broker-0' ? broker : leaf;
      const config = '/etc/nats-config/nats.conf';
      const { code, stderr } = await pod.exec(['nats-server', '-t', '-c', config]);
      expect(stderr).toContain('is valid');
      expect(code).toBe(0);
    },
  );

  it('carry ten numbered messages in order from publisher to subscriber', async () => {
    const numbers = await next(10);
    expect(numbers).toEqual(consecutive(numbers));
  });

  it('join the leaf to the application account', async () => {
    expect((await monitor(broker, 'leafz')).leafs).toMatchObject([
      { name: 'vm-b-nats-leaf-0', account: 'APP' },
    ]);
  });

  it('say nothing on the leaf port before the TLS handshake', async () => {
    const outsider = world.outsider('5.5.5.5');
    const greeting = async (port: number) => {
      const read = `exec 3<>/dev/tcp/1.1.1.1/${port}; head -c 4 <&3`;
      return (await outsider.run(['timeout', '3', 'bash', '-c', read])).stdout;
    };
    expect(await greeting(30422)).toBe('INFO');
    expect(await greeting(30722)).toBe('');
  });

  it('go on by themselves after the broker was killed and started again', async () => {
    await broker.kill();
    broker = await a.startPod('nats-broker-0');
    await broker.ready();
    const numbers = await next(5);
    expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
  });

  it('go on by themselves after the leaf was killed and started again', async () => {
    await leaf.kill();
    leaf = await b.startPod('nats-leaf-0');
    await leaf.ready();
    const numbers = await next(5);
    expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
  });

  it('stand still for seconds only when the one broker is replaced', async () => {
    expect(broker.logs()).not.toMatch(/Plaintext passwords/);
    const before = received().length;
    const started = Date.now();
    await broker.stop();
    expect(Date.now() - started).toBeLessThan(PROMPT);
    expect(broker.logs()).toContain('Server Exiting');
    expect(broker.logs()).not.toContain('lame duck');
    broker = await a.startPod('nats-broker-0');
    await next(8);
    const numbers = received().slice(before - 1);
    // What is published before the leaf has come back is gone, as core NATS has it.
    expect(numbers.at(-1)! - numbers[0]! + 1 - numbers.length).toBeLessThanOrEqual(5);
  });

  it.each(['publisher', 'subscriber'])('stop the %s within seconds of SIGTERM', async (name) => {
    const pod = name === 'publisher' ? publisher : subscriber;
    const started = Date.now();
    await pod.stop();
    expect(Date.now() - started).toBeLessThan(PROMPT);
  });
});
