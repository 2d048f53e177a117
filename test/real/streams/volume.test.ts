import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology as example } from '../../../examples/production.ts';
import type { Topology } from '../../../model/topology.ts';
import { SIGN_IN } from '../../support/load.ts';
import { describeReal } from '../../support/parts.ts';
import { Production, streamsOf } from '../../support/production.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { until } from '../../support/until.ts';

const LEAF_PORT = 30722;
const MEGABYTE = 1_000_000;

/** Small enough that the volume below fills the stream, and one publisher behind the leaf. */
const topology: Topology = {
  ...example,
  longestPartition: undefined,
  brokerCluster: {
    ...example.brokerCluster,
    streams: [{ ...example.brokerCluster.streams![0]!, maxBytes: '80Mi', expected: undefined }],
  },
  leafClusters: example.leafClusters.map((leaf) => ({
    ...leaf,
    publishers: [{ name: 'edge', user: 'edge', subject: 'test.edge', stream: 'EVENTS' }],
  })),
};

/** Limits by volume, such as the window of a mirror's consumer (2 MiB), are never met by small messages. */
describeReal(['namespaces', 'nats-server', 'nats'], 'volume passes from the broker to the leaf', () => {
  let production: Production;
  let edge: Pod;

  beforeAll(async () => {
    production = await Production.start({ topology, leaves: 1 });
    edge = await production.leaves[0]!.cluster.startPod('edge');
  });

  afterAll(() => production?.stop());

  const leaf = () => production.leaves[0]!;

  /** Publishes so many messages of so many bytes from a client's pod, each until it is acknowledged. */
  async function publish(client: Pod, count: number, size: number) {
    const send =
      'head -c $1 /dev/zero | tr "\\0" x | n --timeout 10s pub -J -q --force-stdin "$NATS_SUBJECT"';
    const script = `${SIGN_IN} i=0; while [ $i -lt $0 ]; do until ${send}; do sleep 1; done; i=$((i + 1)); done`;
    const result = await client.exec(['sh', '-c', script, `${count}`, `${size}`], { timeout: 120_000 });
    expect(result).toMatchObject({ code: 0 });
  }

  const states = async () => {
    const [origin, mirror] = await Promise.all([
      streamsOf(production.brokers[0]!),
      streamsOf(leaf().servers[0]!),
    ]);
    return { origin: origin[0]!.state, mirror: mirror[0]!.state };
  };

  /** Waits until the mirror has what the stream has, and the subscriber has read it. */
  async function arrived(timeout = 60_000) {
    await until(
      'the mirror has all that the stream has',
      async () => {
        const { origin, mirror } = await states();
        return origin.last_seq === mirror.last_seq && origin.messages === mirror.messages;
      },
      timeout,
    ).catch(async (error) => {
      throw new Error(`${error.message}: ${JSON.stringify(await states())}`);
    });
    await until(
      'the subscriber has read all of it',
      async () => (await streamsOf(leaf().servers[0]!))[0]!.consumer_detail![0]!.num_pending === 0,
      timeout,
    );
  }

  it('in messages of 16 kB', async () => {
    await publish(production.publisher, 300, 16_000);
    await arrived();
  }, 180_000);

  it('in messages of 1 MB, up to the limit of the stream and over it', async () => {
    await publish(production.publisher, 30, MEGABYTE);
    await arrived();
    await publish(production.publisher, 60, MEGABYTE);
    await arrived();
    const { origin, mirror } = await states();
    expect(origin.first_seq).toBeGreaterThan(300);
    expect(mirror.first_seq).toBe(origin.first_seq);
  }, 300_000);

  it('after a partition, as a backlog', async () => {
    await production.hub.nodePorts.cut(LEAF_PORT);
    await publish(production.publisher, 60, MEGABYTE);
    await production.hub.nodePorts.heal(LEAF_PORT);
    await arrived();
  }, 300_000);

  it('and from the leaf to the broker, each message acknowledged', async () => {
    const before = (await states()).origin.last_seq;
    await publish(edge, 200, 16_000);
    await publish(edge, 30, MEGABYTE);
    await arrived();
    expect((await states()).origin.last_seq).toBeGreaterThanOrEqual(before + 230);
  }, 300_000);

  it('and on to a server that was away', async () => {
    const [, follower] = production.brokers as [Pod, Pod];
    await follower.kill();
    await publish(production.publisher, 40, MEGABYTE);
    production.brokers[1] = await production.hub.startPod(follower.name, follower);
    await until(
      'it has what the others have',
      async () => {
        const [first, second] = await Promise.all(production.brokers.slice(0, 2).map(streamsOf));
        return first![0]!.state.last_seq === second![0]?.state.last_seq;
      },
      60_000,
    );
    await arrived();
  }, 300_000);
});
