import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../topology.ts';
import { minted } from '../../support/minted.ts';
import { monitor } from '../../support/monitor.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

describeReal(['namespaces', 'nats-server', 'nats'], 'a broker with settings of its own', () => {
  const issued = join(mkdtempSync(join(tmpdir(), 'nats-mtls-settings-')), 'issued');
  let world: World;
  let broker: Pod;
  let publisher: Pod;

  beforeAll(async () => {
    world = World.start();
    const { brokerCluster } = topology;
    const serverSettings = {
      maxPayload: '2Mi',
      maxConnections: 3,
      writeDeadline: '5s',
      logLevel: 'debug',
    } as const;
    const objects = minted({ ...topology, brokerCluster: { ...brokerCluster, serverSettings } }, issued);
    const cluster = world.cluster('1.1.1.1', objects.get('vm-a')!);
    broker = await cluster.startPod('nats-broker-0');
    await broker.ready();
    publisher = await cluster.startPod('nats-publisher');
  });

  afterAll(async () => {
    await world?.stop();
    rmSync(join(issued, '..'), { recursive: true, force: true });
  });

  /** Signs in as the pod's own script does. */
  const publish = (size: number) =>
    publisher.exec([
      'sh',
      '-c',
      `export NATS_USER=$(cat /etc/nats-auth/username) NATS_PASSWORD=$(cat /etc/nats-auth/password)
head -c ${size} /dev/zero | tr '\\0' x | nats pub --force-stdin test.messages`,
    ]);

  it('takes a message that is larger than nats-server takes by default, and none above what it was told', async () => {
    const taken = await publish(2 * 2 ** 20);
    expect(taken.stderr + taken.stdout).toContain('Published 2097152 bytes');
    const refused = await publish(2 * 2 ** 20 + 1);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr + refused.stdout).toMatch(/maximum payload exceeded/i);
  });

  it('logs what it does at the level that it was told', () =>
    until('a line of debugging', async () => broker.logs().includes('[DBG]'), 10_000));

  it('says what it was told in /varz', async () => {
    expect(await monitor(broker, 'varz')).toMatchObject({
      max_payload: 2 * 2 ** 20,
      max_connections: 3,
      write_deadline: 5_000_000_000,
    });
  });
});
