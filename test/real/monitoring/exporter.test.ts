import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Topology } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';
import { minted } from '../../support/minted.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';

const watched: Topology = {
  ...topology,
  brokerCluster: {
    ...topology.brokerCluster,
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    monitoring: { kind: 'prometheus-operator' },
  },
};

describeReal(
  ['namespaces', 'nats-server', 'nats'],
  'a server whose exporter ends as soon as it starts',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-exporter-'));
    let world: World;
    let broker: Pod;
    let publisher: Pod;

    beforeAll(async () => {
      world = World.start();
      const objects = minted(watched, join(folder, 'issued')).get('vm-a')!;
      // An image without the exporter's binary: the shell finds nothing to run.
      const images = { 'natsio/prometheus-nats-exporter': { binaries: [] } };
      const cluster = world.cluster('1.1.1.1', objects, { images });
      broker = await cluster.startPod('nats-broker-0');
      publisher = await cluster.startPod('nats-publisher');
    });

    afterAll(async () => {
      await world?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is ready and serves, and no container of its pod ever ends', async () => {
      await broker.ready();
      await publisher.waitForLog(/Published \d+ bytes/);
      const exporter = { container: 'exporter' };
      await broker.waitForLog(/starting it again\n.*\n.*starting it again\n/, exporter);
      expect(broker.logs('exporter')).toContain('the exporter ended with 127');
      expect([...broker.containers.values()].map(({ exits }) => exits)).toEqual([[], [], []]);
      expect([...broker.containers.values()].map(({ running }) => running)).toEqual([true, true, true]);
    });

    it('stops when it is told to', async () => {
      await broker.stop();
      const { exits } = broker.container('exporter');
      expect(exits).toEqual([{ code: null, signal: 'SIGTERM' }]);
    });
  },
);
