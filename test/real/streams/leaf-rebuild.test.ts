import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/production.ts';
import { once } from '../../support/drill.ts';
import { Load } from '../../support/load.ts';
import { describeReal } from '../../support/parts.ts';
import { consecutive, logOf, Production, streamsOf } from '../../support/production.ts';
import { until } from '../../support/until.ts';

describeReal(['namespaces', 'nats-server', 'nats'], 'a leaf that begins again with empty volumes', () => {
  let production: Production;

  beforeAll(async () => {
    const { brokerCluster } = topology;
    const streams = brokerCluster.streams!.map((stream) => ({ ...stream, replicas: 1 }));
    const single = { ...topology, brokerCluster: { ...brokerCluster, replicas: 1, streams } };
    production = await Production.start({ topology: single, leaves: 1 });
  }, 120_000);

  afterAll(() => production?.stop());

  it.each([3, 1])(
    'has %d servers afterwards, and misses nothing of its mirror',
    async (replicas) => {
      const leaf = production.leaves[0]!;
      const load = new Load(() => production.publisher, `to-${replicas}`, 200);
      await until('it flows', () => load.received(logOf(leaf)).length > 50, 60_000);
      await production.rebuildLeaf(leaf, replicas);
      await load.stop();
      const afresh = () => load.received(leaf.subscriber.logs());
      await until('all is there again', () => once(afresh()).length >= load.acknowledged, 120_000);
      expect(once(afresh())).toHaveLength(load.acknowledged);
      expect(afresh()).toEqual(consecutive(afresh()));
      expect(leaf.servers).toHaveLength(replicas);
      for (const server of leaf.servers) {
        const [mirror] = await streamsOf(server);
        expect(mirror).toMatchObject({ name: 'EVENTS', config: { num_replicas: replicas } });
      }
    },
    300_000,
  );
});
