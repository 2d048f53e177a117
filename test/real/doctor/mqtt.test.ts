import { afterAll, beforeAll, expect, it } from 'vitest';
import { renew } from '../../../certs/rotate.ts';
import { topology } from '../../../examples/mqtt.ts';
import { resolve } from '../../../model/resolve.ts';
import { AttackCredentials } from '../../support/attack/credentials.ts';
import type { LiveCluster } from '../../support/cluster/live-cluster.ts';
import { bad, DOCTOR_PARTS, DoctorScene } from '../../support/doctor/scene.ts';
import { Device } from '../../support/mqtt/device.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { until } from '../../support/until.ts';

describeReal(DOCTOR_PARTS, 'the doctor, where devices speak MQTT', () => {
  const scene = new DoctorScene(topology);
  let plant: LiveCluster;
  let leaf: Pod;

  beforeAll(async () => {
    await scene.start();
    plant = scene.cluster('plant');
    const office = scene.cluster('office');
    for (const pod of ['nats-broker-0', 'control', 'recorder']) await office.startPod(pod);
    for (const pod of ['nats-leaf-0', 'nats-streams']) await plant.startPod(pod);
    leaf = plant.cluster.pods.get('nats-leaf-0')!;
    await scene.healthy();
  });

  afterAll(() => scene.stop());

  const streams = async (): Promise<string> =>
    (await leaf.exec(['wget', '-q', '-O', '-', 'http://127.0.0.1:8222/jsz?streams=true'])).stdout;

  it('has nothing to say of the streams that the server makes for them, nor has the controller', async () => {
    const credentials = new AttackCredentials(scene.issued);
    const device = new Device(plant.cluster.node);
    const said = await device.connect({
      ...{ protocol: 'mqtts', host: '198.51.100.7', port: 31883, servername: 'gateway.plant.example' },
      ...{ ca: credentials.natsCa, ...credentials.minted('plant-valve') },
      ...{ username: 'valve', password: credentials.password('plant/valve'), clientId: 'valve' },
    });
    expect(said).toBe('connected');
    await until('the server has made its streams', async () => (await streams()).includes('$MQTT_sess'));
    const findings = await scene.examine();
    expect(bad(findings)).toEqual([]);
    expect(findings).toContainEqual({
      ...{ cluster: 'plant', check: 'certificates', level: 'ok' },
      what: 'the servers show what is issued',
    });
    expect(leaf.logs('nats')).not.toContain('[ERR]');
    const controller = [...plant.cluster.pods.values()].find(({ name }) => name.startsWith('nats-streams'))!;
    // It looks around every ten seconds.
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(controller.logs()).not.toContain('is on the server but not in the topology');
  });

  it('finds a leaf that shows devices another certificate than the issued one', async () => {
    renew(resolve(topology), scene.issued, { certificates: ['plant-nats-leaf-mqtt'] });
    expect(bad(await scene.examine())).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^problem plant certificates: nats-leaf-0 on port 1883 shows another certificate than the issued one/,
        ),
      ]),
    );
  });
});
