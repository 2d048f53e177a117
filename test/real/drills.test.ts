import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { type Drill, disorder, duplicates, once, perform } from './drill.ts';
import { describeReal } from './parts.ts';
import type { Pod } from './pod.ts';
import { consecutive, Production, received, YEAR } from './production.ts';

const LEAF_PORT = 30722;

describeReal(['namespaces', 'nats-server', 'nats'], 'no acknowledged message is lost', () => {
  let production: Production;
  const table: object[] = [];

  beforeAll(async () => {
    console.log('Failure drills on three brokers and two leaf clusters; they take five minutes.');
    production = await Production.start(2);
  });

  afterAll(async () => {
    console.table(table);
    await production?.stop();
  });

  const leafServers = () => production.leaves.map(({ server }) => server);

  /**
   * Performs a drill, and expects every acknowledged message once and in order on every leaf. A subscriber that loses
   * power between logging a message and recording that it did logs this one message again.
   */
  async function survive(drill: Drill, repeats = 0) {
    const { published, acknowledged, delivered, detected, recovered } = await perform(drill, production);
    const sum = (count: (numbers: readonly number[]) => number) =>
      delivered.reduce((total, numbers) => total + count(numbers), 0);
    table.push({
      drill: drill.name,
      published,
      acknowledged,
      delivered: delivered.map(({ length }) => length).join(' and '),
      duplicated: sum(duplicates),
      'out of order': sum(disorder),
      'detected (s)': detected.toFixed(1),
      'recovered (s)': recovered.toFixed(1),
    });
    for (const numbers of delivered) {
      expect(duplicates(numbers)).toBeLessThanOrEqual(repeats);
      expect(once(numbers)).toHaveLength(acknowledged);
      expect(once(numbers)).toEqual(consecutive(once(numbers)));
    }
  }

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
        production.brokers[0] = await boot(production.hub, broker);
        await production.brokers[0].ready();
      },
    });
  }, 300_000);

  it('when vm-a loses power', async () => {
    const dead = [...production.brokers, production.keeper, production.publisher];
    await survive({
      name: 'vm-a down',
      messages: 500,
      fail: () => Promise.all(dead.map((pod) => pod.kill())),
      symptom: [leafServers, /Leafnode connection closed/],
      outage: 5000,
      repair: async () => {
        const booted = await Promise.all(dead.map((pod) => boot(production.hub, pod)));
        production.publisher = booted.pop()!;
        production.keeper = booted.pop()!;
        production.brokers.splice(0, booted.length, ...booted);
      },
    });
  }, 300_000);

  it('when vm-b loses power', async () => {
    const leaf = production.leaves[0]!;
    await survive(
      {
        name: 'vm-b down',
        messages: 500,
        fail: () => Promise.all([leaf.server.kill(), leaf.subscriber.kill()]),
        symptom: [() => production.brokers, /Leafnode connection closed/],
        outage: 5000,
        repair: async () => {
          leaf.earlier += leaf.subscriber.logs();
          leaf.server = await boot(leaf.cluster, leaf.server);
          leaf.subscriber = await boot(leaf.cluster, leaf.subscriber);
        },
      },
      1,
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
      expect(duplicates(numbers)).toBeLessThanOrEqual(1);
      expect(once(numbers)).toEqual(consecutive(once(numbers)));
    }
  });
});

/** Starts a pod again whose node has lost power. A Deployment's pod is found by its workload's name. */
function boot(cluster: Cluster, pod: Pod): Promise<Pod> {
  const stateful = /^nats-(broker|leaf)-\d+$/.test(pod.name);
  return cluster.startPod(stateful ? pod.name : pod.name.replace(/-\d+$/, ''), pod);
}
