import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/ways-in.ts';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { find, type KubeObject, values } from '../../support/manifest.ts';
import { minted } from '../../support/minted.ts';
import { monitor } from '../../support/monitor.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

const PORT = 7422;
const [FIRST, SECOND, NAME] = ['203.0.113.7', '203.0.113.8', 'nats.example.com'];
/** An address of the broker's node, and a name for it, that the topology does not list. */
const [FOREIGN, FOREIGN_NAME] = ['203.0.113.9', 'other.example.com'];

describeReal(['namespaces', 'nats-server', 'nats'], 'the ways in of examples/ways-in.ts', () => {
  const issued = join(mkdtempSync(join(tmpdir(), 'nats-mtls-ways-')), 'issued');
  let world: World;
  let hub: Cluster;
  let shop: Cluster;
  let broker: Pod;
  let leaf: Pod;
  let subscriber: Pod;
  let objects: Map<string, KubeObject[]>;

  beforeAll(async () => {
    world = World.start();
    for (const [name, address] of [
      [NAME, SECOND],
      [FOREIGN_NAME, FIRST],
    ] as const)
      world.names.set(name, address);
    // The further addresses come later.
    const { brokerCluster } = topology;
    objects = minted({ ...topology, brokerCluster: { ...brokerCluster, furtherAddresses: [] } }, issued);
    hub = world.cluster(FIRST, objects.get('hub')!, { furtherAddresses: [SECOND, FOREIGN] });
    shop = world.cluster('198.51.100.7', objects.get('shop')!);
    broker = await hub.startPod('nats-broker-0');
    leaf = await shop.startPod('nats-leaf-0');
    await Promise.all([broker.ready(), leaf.ready()]);
    await hub.startPod('nats-publisher');
    subscriber = await shop.startPod('nats-subscriber');
  });

  afterAll(async () => {
    await world?.stop();
    rmSync(join(issued, '..'), { recursive: true, force: true });
  });

  /** The address at which the leaf has reached the broker. */
  const reached = async (): Promise<string | undefined> => (await monitor(leaf, 'leafz')).leafs?.[0]?.ip;

  const messageArrives = () =>
    subscriber.waitForLog(/✓ Received: Message #/, { after: subscriber.logs().length, timeout: 40_000 });

  /** Applies objects, and waits until the servers of the given pods have read them. */
  async function apply(cluster: Cluster, pod: Pod, changed: readonly KubeObject[]) {
    const after = pod.logs('config-reloader').length;
    cluster.apply(...changed);
    await pod.waitForLog(/nats-server runs on the current files/, { container: 'config-reloader', after });
  }

  /** Has the leaf know the broker at these hosts only, as if the topology had said so, and dial anew. */
  async function dialOnly(...hosts: string[]) {
    const secret = find(objects.get('shop')!, 'Secret', 'nats-system', 'nats-leaf-accounts');
    const remote = values(secret).get('remote.conf')?.toString() ?? '';
    const [, url = ''] = /"(\S+@)\S+"/.exec(remote) ?? [];
    const urls = hosts.map((host) => `  "${url}${host}:${PORT}"\n`).join('');
    await apply(shop, leaf, [{ ...secret, stringData: { 'remote.conf': `urls: [\n${urls}]\n` } }]);
    await hub.nodePorts.cut(PORT);
    await until('the leaf has lost the broker', async () => (await reached()) === undefined);
    await hub.nodePorts.heal(PORT);
  }

  it('lead a leaf to the broker through the load balancer, and by no NodePort', async () => {
    await messageArrives();
    expect(await reached()).toBe(FIRST);
    const dial = (port: number) => ['timeout', '5', 'bash', '-c', `exec 3<>/dev/tcp/${FIRST}/${port}`];
    const outsider = world.outsider('192.0.2.7');
    expect(await outsider.run(dial(PORT))).toMatchObject({ code: 0 });
    expect((await outsider.run(dial(30722))).stderr).toContain('Connection refused');
  });

  it('become more without a restart', async () => {
    const started = [await monitor(broker, 'varz'), await monitor(leaf, 'varz')].map(({ start }) => start);
    objects = minted(topology, issued);
    await apply(hub, broker, objects.get('hub')!);
    await apply(shop, leaf, objects.get('shop')!);
    expect([await monitor(broker, 'varz'), await monitor(leaf, 'varz')].map(({ start }) => start)).toEqual(
      started,
    );
  });

  it('stand in for each other: the leaf goes to another address when one is cut, and back again', async () => {
    for (const [cut, left] of [
      [FIRST, SECOND],
      [SECOND, FIRST],
    ] as const) {
      await hub.nodePorts.cut(PORT, cut);
      await until(`the leaf has gone to ${left}`, async () => (await reached()) === left);
      await messageArrives();
      await hub.nodePorts.heal(PORT, cut);
    }
  });

  it.each([FIRST, SECOND, NAME])('are each covered by the certificate: %s', async (host) => {
    await dialOnly(host);
    await until('the leaf has reached the broker', async () => (await reached()) !== undefined);
    expect(await reached()).toBe(world.names.get(host) ?? host);
    await messageArrives();
  });

  it.each([FOREIGN, FOREIGN_NAME])('are no others: the leaf turns away from %s', async (host) => {
    const after = leaf.logs().length;
    await dialOnly(host);
    await leaf.waitForLog(new RegExp(`x509: certificate is valid for .*, not ${host}`), { after });
    expect(await reached()).toBeUndefined();
    expect((await monitor(broker, 'leafz')).leafs ?? []).toEqual([]);
  });

  it('may be others beside a listed name: at an IP address the leaf asks for that name', async () => {
    await dialOnly(FOREIGN, NAME);
    await hub.nodePorts.cut(PORT, SECOND);
    await until('the leaf has reached the broker', async () => (await reached()) === FOREIGN);
    await messageArrives();
  });

  it('never include the address of a pod', () => {
    expect(leaf.logs()).toContain('trying to connect as leafnode to remote server');
    expect(leaf.logs()).not.toContain(broker.ip);
  });
});
