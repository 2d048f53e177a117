import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Drill, Drills, LAST_MOMENT, once, repeated } from '../../support/drill.ts';
import { Load } from '../../support/load.ts';
import { describeReal } from '../../support/parts.ts';
import { consecutive, logOf, Production, received } from '../../support/production.ts';
import { until } from '../../support/until.ts';

describeReal(['namespaces', 'nats-server', 'nats', 'disk'], 'power cuts lose no acknowledged message', () => {
  let production: Production;
  let drills: Drills;

  beforeAll(async () => {
    console.log('Power cuts on three brokers and two leaf clusters; they take two minutes.');
    production = await Production.start({ ownDisks: true });
    drills = new Drills(production);
  });

  afterAll(async () => {
    drills?.print();
    await production?.stop();
  });

  it('when a leaf and its subscriber lose power', async () => {
    const leaf = production.leaves[0]!;
    const cut: Drill = {
      name: 'vm-b without power',
      messages: 300,
      fail: () => leaf.cluster.losePower(),
      symptom: [() => production.brokers, /Leafnode connection closed/],
      outage: 1000,
      repair: () => production.bootLeaf(leaf),
    };
    await drills.survive(cut, LAST_MOMENT);
  }, 300_000);

  it('when all three brokers lose power at once', async () => {
    await drills.survive({
      name: 'vm-a without power',
      messages: 300,
      fail: () => production.hub.losePower(),
      symptom: [() => production.leaves.flatMap(({ servers }) => servers), /Leafnode connection closed/],
      outage: 1000,
      repair: () => production.bootHub(),
    });
  }, 300_000);

  it('and the demonstration itself loses nothing either', () => {
    for (const leaf of production.leaves) {
      const numbers = received(leaf);
      expect(numbers.length).toBeGreaterThan(0);
      expect(repeated(numbers).length).toBeLessThanOrEqual(LAST_MOMENT);
      expect(once(numbers)).toEqual(consecutive(once(numbers)));
    }
  });

  it('where every disk of the brokers is gone, the leaves say so, and follow when they begin anew as well', async () => {
    const { hub, brokers, leaves } = production;
    await hub.stop();
    for (const broker of brokers) hub.deleteClaims(broker);
    await production.bootHub();
    await production.controller.waitForLog(/stream EVENTS is made/, { timeout: 60_000 });
    const load = new Load(() => production.publisher, 'anew', 300);
    await until('some are acknowledged', () => load.acknowledged >= 50, 60_000);
    const missed = /mirror EVENTS is at message \d+, but the stream that it copies ends at \d+/;
    await Promise.all(leaves.map(({ controller }) => controller.waitForLog(missed, { timeout: 60_000 })));
    expect(leaves.flatMap((leaf) => load.received(logOf(leaf)))).toEqual([]);

    for (const leaf of leaves) {
      const server = leaf.servers[0]!;
      await Promise.all([server.stop(), leaf.subscriber.stop()]);
      leaf.cluster.deleteClaims(server);
      leaf.earlier = '';
      leaf.servers[0] = await leaf.cluster.startPod('nats-leaf-0');
      leaf.subscriber = await leaf.cluster.startPod('nats-subscriber');
    }
    await load.stop();
    const delivered = () => leaves.map((leaf) => load.received(logOf(leaf)));
    await until('all is there', () => delivered().every(({ length }) => length >= load.acknowledged), 60_000);
    for (const numbers of delivered()) {
      expect(numbers).toHaveLength(load.acknowledged);
      expect(numbers).toEqual(consecutive(numbers));
    }
  }, 180_000);
});
