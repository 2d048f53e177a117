import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/leaf-servers.ts';
import { CoreFlow } from '../../support/core-flow.ts';
import { expectAll, LAST_MOMENT, once, repeated } from '../../support/drill.ts';
import { Load } from '../../support/load.ts';
import { areHealthy, monitor } from '../../support/monitor.ts';
import { describeReal } from '../../support/parts.ts';
import { consecutive, Production, received, streamsOf } from '../../support/production.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { until } from '../../support/until.ts';

/** Core messages that a client may miss while it goes from one server to the next, of hundreds a second, three times. */
const CORE_LOSS = 30;

/**
 * And those that may reach it twice: over the link of the server that it left and over that of its new one. Seen were 0 to
 * 4, and once, on a machine with more to do than it had CPUs for, 1,916, which is five seconds of them.
 */
const CORE_TWICE = 4000;

const NAMES = [0, 1, 2].map((i) => `nats-leaf-${i}`);
const url = (pod: string) => `nats://${pod}.nats-leaf-headless.nats-system.svc.cluster.local:4222`;

describeReal(['namespaces', 'nats-server', 'nats'], 'the three servers of a leaf cluster', () => {
  let production: Production;
  let news: Pod;
  let local: Pod;
  let localLog: Pod;
  const table: object[] = [];

  beforeAll(async () => {
    production = await Production.start({ topology });
    const { cluster } = production.leaves[0]!;
    news = await cluster.startPod('nats-news');
    local = await cluster.startPod('nats-local');
    localLog = await cluster.startPod('nats-local-log');
  }, 180_000);

  afterAll(async () => {
    console.table(table);
    await production?.stop();
  });

  const leaf = () => production.leaves[0]!;

  const everything = (sent: number) => Array.from({ length: sent }, (_, i) => i + 1);

  it('are one NATS cluster, each with a link of its own to the broker', async () => {
    for (const server of leaf().servers) {
      const { routes } = await monitor(server, 'routez');
      const others = NAMES.filter((name) => name !== server.name).map((name) => `vm-b-${name}`);
      expect(new Set(routes.map((route: { remote_name: string }) => route.remote_name))).toEqual(
        new Set(others),
      );
      const { leafs } = await monitor(server, 'leafz');
      expect(leafs).toMatchObject([{ name: expect.stringMatching(/^vm-a-nats-broker-\d$/), account: 'APP' }]);
      expect(await monitor(server, 'jsz')).toMatchObject({ meta_cluster: { cluster_size: 3, name: 'vm-b' } });
    }
    const linked = await Promise.all(production.brokers.map((broker) => monitor(broker, 'leafz')));
    const names = linked.flatMap(({ leafs = [] }) => leafs.map(({ name }: { name: string }) => name));
    expect(names.sort()).toEqual(NAMES.map((name) => `vm-b-${name}`));
  });

  it('keep stream, mirror and durable consumer three times', async () => {
    for (const server of leaf().servers) {
      const streams = await streamsOf(server);
      expect(streams.map(({ name }) => name).sort()).toEqual(['EVENTS', 'LOCAL']);
      for (const { config } of streams) expect(config).toMatchObject({ num_replicas: 3 });
      expect(streams.map(({ consumer_detail }) => consumer_detail)).toEqual([
        [expect.objectContaining({ cluster: expect.objectContaining({ replicas: expect.any(Array) }) })],
        [expect.objectContaining({ cluster: expect.objectContaining({ replicas: expect.any(Array) }) })],
      ]);
    }
  });

  it('deliver the numbered messages of the mirror in order', async () => {
    await until('five messages', () => received(leaf()).length >= 5, 30_000);
    expect(received(leaf())).toEqual(consecutive(received(leaf())));
  });

  it('pass a message once to each subscriber, and once to a queue group over all of them', async () => {
    const flow = new CoreFlow(production.publisher, news, 'once');
    for (const name of NAMES) {
      await flow.listen(name, url(name));
      await flow.listen(`group-${name}`, url(name), 'readers');
    }
    await flow.start(NAMES);
    await until('a thousand messages', async () => (await flow.heard(NAMES[0]!)).length >= 1000, 60_000);
    const sent = await flow.stop();
    const all = everything(sent);
    for (const name of NAMES) expect(await flow.heard(name)).toEqual(all);
    const shares = await Promise.all(NAMES.map((name) => flow.heard(`group-${name}`)));
    for (const share of shares) expect(share.length).toBeGreaterThan(0);
    expect(shares.flat().sort((a, b) => a - b)).toEqual(all);
  }, 120_000);

  /** The server that leads a stream. */
  async function leaderOf(stream: string): Promise<Pod> {
    const { account_details } = await monitor(leaf().servers[0]!, 'jsz?streams=1');
    const [{ stream_detail }] = account_details;
    const found = stream_detail.find(({ name }: { name: string }) => name === stream);
    return leaf().servers.find(({ name }) => `vm-b-${name}` === found.cluster.leader)!;
  }

  const kill = async (server: Pod) => {
    await server.kill();
    await sleep(8000);
    await boot(server);
  };

  async function boot(server: Pod) {
    const again = await leaf().cluster.startPod(server.name, server);
    leaf().servers[NAMES.indexOf(server.name)] = again;
    await again.ready(60_000);
  }

  /** The whole of the servers is well again before the next drill. */
  const settled = () => until('every server is well', () => areHealthy(leaf().servers), 90_000);

  /**
   * Does something to the servers while the broker publishes to its stream and on core NATS, and a client of the leaf to a
   * stream of the leaf. What was acknowledged has to be delivered. What comes twice is counted, and comes at once.
   * @param listeners who is expected to hear all of core NATS, and at which servers
   */
  async function drill(run: string, act: () => Promise<void>, listeners: Readonly<Record<string, string>>) {
    await settled();
    const flow = new CoreFlow(production.publisher, news, run);
    for (const [name, urls] of Object.entries(listeners)) await flow.listen(name, urls);
    await flow.start();
    const mirrored = new Load(() => production.publisher, run, 200);
    const kept = new Load(() => local, run, 200);
    const ofMirror = () => mirrored.received(leaf().subscriber.logs());
    const ofLocal = () => kept.received(localLog.logs());
    await until('both flow', () => ofMirror().length > 50 && ofLocal().length > 50, 60_000);
    await act();
    await sleep(3000);
    await Promise.all([mirrored.stop(), kept.stop()]);
    const sent = await flow.stop();
    await until(
      'all is delivered',
      () => once(ofMirror()).length >= mirrored.acknowledged && once(ofLocal()).length >= kept.acknowledged,
      60_000,
    ).catch(() => {});
    const heard = await Promise.all(Object.keys(listeners).map((name) => flow.heard(name)));
    table.push({
      drill: run,
      'mirror: acknowledged, delivered, twice': counts(mirrored.acknowledged, ofMirror()),
      'local stream': counts(kept.acknowledged, ofLocal()),
      'core: published': sent,
      'core: lost': heard.map((numbers) => sent - once(numbers).length).join(', '),
      'core: twice': heard.map((numbers) => repeated(numbers).length).join(', '),
    });
    for (const [load, numbers] of [
      [mirrored, ofMirror()],
      [kept, ofLocal()],
    ] as const) {
      expectAll(numbers, load.acknowledged);
      expect(repeated(numbers).length).toBeLessThanOrEqual(LAST_MOMENT);
    }
    return { sent, heard };
  }

  const counts = (acknowledged: number, numbers: readonly number[]) =>
    `${acknowledged}, ${once(numbers).length}, ${repeated(numbers).length}`;

  /** Clients on the servers that stay. */
  const others = (server: Pod) =>
    Object.fromEntries(NAMES.filter((name) => name !== server.name).map((name) => [name, url(name)]));

  it('lose one, which leads the mirror, and nobody else notices', async () => {
    const server = await leaderOf('EVENTS');
    const { sent, heard } = await drill('mirror-leader', () => kill(server), others(server));
    for (const numbers of heard) expect(numbers).toEqual(everything(sent));
  }, 300_000);

  it('lose one, which leads the local stream, and nobody else notices', async () => {
    const server = await leaderOf('LOCAL');
    const { sent, heard } = await drill('local-leader', () => kill(server), others(server));
    for (const numbers of heard) expect(numbers).toEqual(everything(sent));
  }, 300_000);

  it('lose one that leads neither, and nobody else notices', async () => {
    const leaders = await Promise.all([leaderOf('EVENTS'), leaderOf('LOCAL')]);
    const server = leaf().servers.find((each) => !leaders.some(({ name }) => name === each.name))!;
    const { sent, heard } = await drill('follower', () => kill(server), others(server));
    for (const numbers of heard) expect(numbers).toEqual(everything(sent));
  }, 300_000);

  /** When links and routes came and went, which is what explains messages that come twice. */
  const links = () =>
    [...leaf().servers, ...production.brokers]
      .map(
        (pod) =>
          `${pod.name}\n${(pod.logs().match(/^.*(Leafnode|Route|Router) connection.*$/gm) ?? []).join('\n')}`,
      )
      .join('\n');

  it('are restarted one after the other, and a client that knows all of them stays', async () => {
    const restart = async () => {
      for (const server of [...leaf().servers].reverse()) {
        await server.stop();
        await boot(server);
        await settled();
      }
    };
    const { sent, heard } = await drill('rolling-restart', restart, { client: NAMES.map(url).join(',') });
    const [numbers] = heard as [number[]];
    expect(sent - once(numbers).length).toBeLessThanOrEqual(CORE_LOSS);
    expect(repeated(numbers).length, links()).toBeLessThanOrEqual(CORE_TWICE);
  }, 400_000);
});
