import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Drill, Drills, LAST_MOMENT, once, repeated } from '../../support/drill.ts';
import { describeReal } from '../../support/parts.ts';
import { consecutive, Production, received, YEAR } from '../../support/production.ts';
import type { Pod } from '../../support/stage/pod.ts';

const LEAF_PORT = 30722;

describeReal(['namespaces', 'nats-server', 'nats'], 'no acknowledged message is lost', () => {
  let production: Production;
  let drills: Drills;

  beforeAll(async () => {
    console.log('Failure drills on three brokers and two leaf clusters; they take five minutes.');
    production = await Production.start();
    drills = new Drills(production);
  });

  afterAll(async () => {
    drills?.print();
    await production?.stop();
  });

  const leafServers = () => production.leaves.flatMap(({ servers }) => servers);

  const survive = (drill: Drill, repeats?: number) => drills.survive(drill, repeats);

  it('when the link between the clusters is cut', async () => {
    await survive({
      name: 'link cut',
      messages: 500,
      fail: () => production.hub.nodePorts.cut(LEAF_PORT),
      symptom: [leafServers, /Leafnode connection closed/],
      outage: 5000,
      repair: () => production.hub.nodePorts.heal(LEAF_PORT),
    });
  }, 300_000);

  it('when one broker of three dies', async () => {
    const [broker] = production.brokers as [Pod];
    await survive({
      name: 'one broker of three down',
      messages: 500,
      fail: () => broker.kill(),
      symptom: [() => production.brokers.slice(1), /Router connection closed/],
      outage: 5000,
      repair: async () => {
        production.brokers[0] = await production.hub.startPod(broker.name, broker);
        await production.brokers[0].ready();
      },
    });
  }, 300_000);

  it('when vm-a goes down', async () => {
    await survive({
      name: 'vm-a down',
      messages: 500,
      fail: () => production.hub.stop(),
      symptom: [leafServers, /Leafnode connection closed/],
      outage: 5000,
      repair: () => production.bootHub(),
    });
  }, 300_000);

  it('when vm-b goes down', async () => {
    const leaf = production.leaves[0]!;
    await survive(
      {
        name: 'vm-b down',
        messages: 500,
        fail: () => leaf.cluster.stop(),
        symptom: [() => production.brokers, /Leafnode connection closed/],
        outage: 5000,
        repair: () => production.bootLeaf(leaf),
      },
      LAST_MOMENT,
    );
  }, 300_000);

  it('when certificates expire, and are renewed', async () => {
    await survive({
      name: 'certificates expired',
      messages: 500,
      fail: async () => {
        const lifetime = 20_000;
        production.renewCertificates(new Date(Date.now() - YEAR + lifetime));
        await sleep(lifetime);
        // A link that stands outlives the certificates that it was made with.
        await production.hub.nodePorts.cut(LEAF_PORT);
        await production.hub.nodePorts.heal(LEAF_PORT);
      },
      symptom: [leafServers, /certificate has expired|expired certificate/],
      outage: 5000,
      repair: () => production.renewCertificates(),
    });
  }, 300_000);

  it('when the link loses every packet, with 5,000 messages on the way', async () => {
    await survive({
      name: 'link silent',
      messages: 5000,
      pause: 100,
      fail: () => production.hub.nodePorts.silence(LEAF_PORT),
      symptom: [leafServers, /Leafnode connection closed/],
      outage: 5000,
      repair: () => production.hub.nodePorts.heal(LEAF_PORT),
    });
  }, 600_000);

  it('and the demonstration itself repeats no more than that in all of this', () => {
    for (const leaf of production.leaves) {
      const numbers = received(leaf);
      expect(numbers.length).toBeGreaterThan(0);
      expect(repeated(numbers).length).toBeLessThanOrEqual(LAST_MOMENT);
      expect(repeated(numbers)).toEqual(consecutive(repeated(numbers)));
      expect(once(numbers)).toEqual(consecutive(once(numbers)));
    }
  });
});
