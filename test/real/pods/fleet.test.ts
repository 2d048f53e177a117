import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fleet } from '../../../examples/fleet.ts';
import type { Topology } from '../../../model/topology.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { minted, mintedFiles } from '../../support/minted.ts';
import { monitor } from '../../support/monitor.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'the office of a thousand shops', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-office-'));
  let server: ApiServer;

  beforeAll(async () => {
    for (const [name, text] of mintedFiles(fleet(1000)).get('office')!) {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
    }
    server = await ApiServer.start();
    await server.applyCrds(join(import.meta.dirname, '..', '..', '..', 'imports', 'crds'));
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['the first', 'a second'])('is applied by kubectl %s time', async () => {
    expect(await server.kubectl(['apply', '-f', folder])).toMatchObject({ code: 0, stderr: '' });
  });
});

describeReal(['namespaces', 'nats-server', 'nats'], 'a running office', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-fleet-'));
  let world: World;
  let office: Cluster;
  let hundredth: Cluster;
  let broker: Pod;

  /** A fleet whose office has an address that the test network knows. */
  const shops = (count: number): Topology => {
    const { brokerCluster, ...rest } = fleet(count);
    return { ...rest, brokerCluster: { ...brokerCluster, address: '1.1.1.1' } };
  };
  const objectsOf = (count: number, cluster: string) =>
    minted(shops(count), join(folder, 'issued')).get(cluster)!;
  const joined = async (): Promise<string[]> => {
    const { leafs = [] } = (await monitor(broker, 'leafz')) as { leafs?: { name: string }[] };
    return leafs.map(({ name }) => name).sort();
  };

  beforeAll(() => {
    world = World.start();
  });

  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // From a hundred on, what they may do is written once.
  it('lets a hundredth shop in without a restart and without dropping another', async () => {
    office = world.cluster('1.1.1.1', objectsOf(99, 'office'));
    const first = world.cluster('198.18.0.1', objectsOf(99, 'shop-1'));
    broker = await office.startPod('nats-broker-0');
    await first.startPod('nats-leaf-0');
    await until('the first shop has joined', async () => (await joined()).length === 1);
    const { start } = await monitor(broker, 'varz');
    const { leafs: before } = await monitor(broker, 'leafz');

    office.apply(...objectsOf(100, 'office'));
    hundredth = world.cluster('198.18.0.100', objectsOf(100, 'shop-100'));
    const leaf = await hundredth.startPod('nats-leaf-0');

    await until('both shops have joined', async () => (await joined()).length === 2, 40_000);
    expect(await joined()).toEqual(['shop-1-nats-leaf-0', 'shop-100-nats-leaf-0']);
    expect((await monitor(broker, 'varz')).start).toBe(start);
    const { leafs: after } = await monitor(broker, 'leafz');
    const connection = (leafs: { name: string; id: number }[]) =>
      leafs.find(({ name }) => name === 'shop-1-nats-leaf-0')?.id;
    expect(connection(before)).toEqual(expect.any(Number));
    expect(connection(after)).toBe(connection(before));
    expect(leaf.logs()).not.toMatch(/Permissions Violation/);
  });

  it('has that shop hear its prices', async () => {
    await office.startPod('prices');
    const tills = await hundredth.startPod('tills');
    await tills.waitForLog(/✓ Received: Message #\d+/, { timeout: 40_000 });
  });
});
