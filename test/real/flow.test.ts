import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { defaultTopology } from './minted.ts';
import { describeReal } from './parts.ts';
import type { Pod } from './pod.ts';
import { World } from './world.ts';

describeReal(['namespaces', 'nats-server', 'nats'], 'messages cross from vm-a to vm-b', () => {
  let world: World;
  let a: Cluster;
  let b: Cluster;
  let broker: Pod;
  let leaf: Pod;
  let publisher: Pod;
  let subscriber: Pod;

  beforeAll(async () => {
    world = World.start();
    const objects = await defaultTopology();
    a = world.cluster('1.1.1.1', objects.get('vm-a')!);
    b = world.cluster('2.2.2.2', objects.get('vm-b')!);
    broker = await a.startPod('nats-broker-0');
    leaf = await b.startPod('nats-leaf-0');
    await Promise.all([broker.ready(), leaf.ready()]);
    subscriber = await b.startPod('nats-subscriber');
    publisher = await a.startPod('nats-publisher');
  });

  afterAll(() => world?.stop());

  it('logs ten numbered messages in order', async () => {
    try {
      await subscriber.waitForLog(/✓ Received: Message #10 - Published at /);
    } catch (e) {
      console.log(
        'BROKER',
        broker.logs(),
        broker.logs('config-reloader'),
        'LEAF',
        leaf.logs(),
        'PUB',
        publisher.logs(),
        'SUB',
        subscriber.logs(),
      );
      throw e;
    }
    console.log(
      'BROKER',
      broker.logs(),
      broker.logs('config-reloader'),
      'LEAF',
      leaf.logs(),
      'PUB',
      publisher.logs(),
      'SUB',
      subscriber.logs(),
    );
    const numbers = [
      ...subscriber.logs().matchAll(/^✓ Received: Message #(\d+) - Published at \d{4}-.*Z$/gm),
    ].map(([, n]) => Number(n));
    expect(numbers.slice(0, 10)).toEqual(numbers.slice(0, 10).map((_, i) => (numbers[0] ?? 0) + i));
  });
});
