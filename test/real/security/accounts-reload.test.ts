import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from '../../support/cluster/cluster.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { minted } from '../../support/minted.ts';
import { monitor } from '../../support/monitor.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { threeClusters, withoutVmC } from '../../support/three-clusters.ts';

const TAKEN = /nats-server runs on the current files/;
const REFUSED = /nats-server has not taken the changed files/;

describeReal(['namespaces', 'nats-server', 'nats'], "the broker's accounts", () => {
  const folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-accounts-`));
  let world: World;
  let a: Cluster;
  let c: Cluster;
  let broker: Pod;
  let vmB: Pod;
  let start: string;

  beforeAll(async () => {
    world = World.start();
    const before = minted(withoutVmC, join(folder, 'issued'));
    a = world.cluster('1.1.1.1', before.get('vm-a')!);
    const b = world.cluster('2.2.2.2', before.get('vm-b')!);
    broker = await a.startPod('nats-broker-0');
    vmB = await b.startPod('nats-leaf-0');
    await Promise.all([broker.ready(), vmB.ready()]);
    await broker.waitForLog(TAKEN, { container: 'config-reloader' });
    start = await startOf(broker);
  });

  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Applies Secrets of the broker, and waits for what the reloader says next. */
  async function apply(secrets: readonly KubeObject[], says: RegExp) {
    const after = broker.logs('config-reloader').length;
    a.apply(...secrets);
    await broker.waitForLog(says, { container: 'config-reloader', after });
  }

  it('take a new leaf cluster without a restart', async () => {
    const objects = minted(threeClusters, join(folder, 'issued'));
    c = world.cluster('3.3.3.3', objects.get('vm-c')!);
    const vmC = await c.startPod('nats-leaf-0');
    await broker.waitForLog(/authentication error - User "leaf-vm-c"/);

    await apply(secretsOf(objects), TAKEN);
    await vmC.waitForLog(/JetStream using domains/);
    expect(await leaves(broker)).toEqual(['vm-b-nats-leaf-0', 'vm-c-nats-leaf-0']);
    expect(await startOf(broker)).toBe(start);
    expect(vmB.logs()).not.toMatch(/Leafnode connection closed/);
  });

  it('stay as they are while the Secret cannot be read, and follow it once it is mended', async () => {
    const good = minted(threeClusters, join(folder, 'issued'));
    const after = broker.logs().length;
    await apply(secretsOf(good).map(broken), REFUSED);
    await broker.waitForLog(/Failed to reload server configuration: .*Parse error/, { after });
    expect(await leaves(broker)).toEqual(['vm-b-nats-leaf-0', 'vm-c-nats-leaf-0']);
    await a.nodePorts.cut(30722);
    await a.nodePorts.heal(30722);
    await vmB.waitForLog(/Leafnode connection closed.*JetStream using domains/s);
    expect(await startOf(broker)).toBe(start);

    await apply(secretsOf(minted(withoutVmC, join(folder, 'issued'))), TAKEN);
    await a.nodePorts.cut(30722);
    const without = broker.logs().length;
    await a.nodePorts.heal(30722);
    await broker.waitForLog(/authentication error - User "leaf-vm-c"/, { after: without });
    expect(await startOf(broker)).toBe(start);
    expect(broker.container('nats').exits).toEqual([]);
  });
});

const secretsOf = (objects: Map<string, KubeObject[]>) =>
  objects.get('vm-a')!.filter(({ kind }) => kind === 'Secret');

/** A Secret as somebody leaves it who mistypes a brace. */
const broken = (secret: KubeObject): KubeObject =>
  secret.data?.['accounts.conf'] ? { ...secret, stringData: { 'accounts.conf': 'APP: { users: [' } } : secret;

/** Which server process it is: the moment at which it started, and its pid. */
async function startOf(pod: Pod): Promise<string> {
  const { stdout } = await pod.exec(['cat', '/var/run/nats/nats.pid']);
  return `${(await monitor(pod, 'varz')).start} ${stdout}`;
}

async function leaves(pod: Pod): Promise<string[]> {
  const { leafs } = await monitor(pod, 'leafz');
  return leafs.map(({ name }: { name: string }) => name).sort();
}
