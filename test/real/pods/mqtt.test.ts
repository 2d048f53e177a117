import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renew } from '../../../certs/rotate.ts';
import { topology } from '../../../examples/mqtt.ts';
import { resolve } from '../../../model/resolve.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';
import { AttackCredentials } from '../../support/attack/credentials.ts';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { minted } from '../../support/minted.ts';
import { monitor } from '../../support/monitor.ts';
import { Device } from '../../support/mqtt/device.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

const REFUSED = /Connection refused: Not authorized/;
const [OFFICE, PLANT, GATEWAY] = ['203.0.113.7', '198.51.100.7', '192.0.2.10'];

describeReal(['namespaces', 'nats-server', 'nats'], 'devices at the leaf of examples/mqtt.ts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-mqtt-'));
  const issued = join(folder, 'issued');
  let world: World;
  let office: Cluster;
  let plant: Cluster;
  let broker: Pod;
  let leaf: Pod;
  let recorder: Pod;
  let credentials: AttackCredentials;
  let thermometer: Device;
  let valve: Device;
  let stranger: Device;

  beforeAll(async () => {
    world = World.start();
    const objects = minted(topology, issued);
    credentials = new AttackCredentials(issued);
    office = world.cluster(OFFICE, objects.get('office')!);
    plant = world.cluster(PLANT, objects.get('plant')!, { furtherAddresses: [GATEWAY] });
    broker = await office.startPod('nats-broker-0');
    leaf = await plant.startPod('nats-leaf-0');
    await Promise.all([broker.ready(), leaf.ready()]);
    recorder = await office.startPod('recorder');
    await office.startPod('control');
    // What nobody has asked for yet when it is published with QoS 0 is gone.
    await until('the leaf knows what the recorder asks for', async () => {
      const { leafs = [] } = await monitor(leaf, 'leafz?subs=1');
      return leafs[0]?.subscriptions_list?.includes('plant.>');
    });
    [thermometer, valve, stranger] = ['192.0.2.21', '192.0.2.22', '192.0.2.23'].map(
      (address) => new Device(world.outsider(address)),
    ) as [Device, Device, Device];
  });

  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** How a device signs in, unless it is said otherwise. */
  const login = (name: string) => ({
    ...({
      protocol: 'mqtts',
      host: GATEWAY,
      port: 31883,
      protocolVersion: 4,
      ca: credentials.natsCa,
    } as const),
    ...credentials.minted(`plant-${name}`),
    ...{ username: name, password: credentials.password(`plant/${name}`), clientId: name, clean: false },
  });

  it('are let in with their certificate and password', async () => {
    expect(await thermometer.connect(login('thermometer'))).toBe('connected');
    expect(await valve.connect(login('valve'))).toBe('connected');
    expect(await valve.subscribe('plant/+/temperature', 2)).toBe('granted 2');
  });

  it.each([0, 1, 2] as const)('publish with QoS %i to each other and to the broker', async (qos) => {
    const text = `${qos + 20} degrees`;
    expect(await thermometer.publish('plant/line1/temperature', text, qos)).toBe('published');
    expect(await valve.hears(text)).toEqual({ topic: 'plant/line1/temperature', text, qos });
    await recorder.waitForLog(new RegExp(text));
  });

  it('receive what is published at the broker, with QoS 0', async () => {
    expect(await valve.subscribe('plant/line1/valve/#', 1)).toBe('granted 1');
    expect(await valve.hears(/^Message #/)).toMatchObject({ topic: 'plant/line1/valve/set', qos: 0 });
  });

  it('get later what came with QoS 1 and 2 while they were away, and what came with QoS 0 not', async () => {
    await valve.leave();
    for (const qos of [0, 1, 2] as const)
      await thermometer.publish('plant/line1/temperature', `missed with ${qos}`, qos);
    expect(await valve.connect(login('valve'))).toBe('connected again');
    await valve.hears('missed with 1');
    await valve.hears('missed with 2');
    expect(valve.received.filter(({ text }) => text === 'missed with 0')).toEqual([]);
  });

  it('get the retained message of a topic when they subscribe to it', async () => {
    await thermometer.publish('plant/line1/temperature', 'the last one', 1, true);
    expect(await stranger.connect({ ...login('valve'), clientId: 'late' })).toBe('connected');
    await stranger.subscribe('plant/+/temperature', 1);
    expect(await stranger.hears('the last one')).toMatchObject({ qos: 1 });
    await stranger.leave();
  });

  it('leave no violation in the logs of the servers', () => {
    expect(leaf.logs('nats') + broker.logs('nats')).not.toMatch(/Violation|\[ERR\]/);
  });

  it.each([
    ['without a certificate', () => ({ cert: undefined, key: undefined }), /certificate required/],
    ['with the certificate of another CA', () => credentials.fromAnotherCa('valve'), /unknown ca/],
    [
      'with a certificate for a name that nobody has',
      () => credentials.signedBy('nats-ca', 'nobody'),
      REFUSED,
    ],
    ['with the certificate of another device', () => credentials.minted('plant-thermometer'), REFUSED],
    ["with the leaf's own certificate", () => credentials.minted('plant-nats-leaf'), REFUSED],
    ['with a wrong password', () => ({ password: 'wrong' }), REFUSED],
    ['without a password', () => ({ password: undefined, username: undefined }), REFUSED],
    // With a certificate MQTT.js would speak TLS all the same.
    ['without TLS', () => ({ protocol: 'mqtt' as const, cert: undefined, key: undefined }), /closed/],
  ])('are refused %s', async (_, change, told) => {
    const said = await stranger.connect({ ...login('valve'), clientId: 'stranger', ...change() });
    expect(said).toMatch(/^failed: /);
    expect(said).toMatch(told);
  });

  it('are whom their certificate names, whatever user name they send', async () => {
    const { username, ...rest } = login('thermometer');
    expect(await stranger.connect({ ...rest, username: 'valve', clientId: 'other' })).toBe('connected');
    const { connections } = await monitor(leaf, 'connz?auth=1');
    const seen = connections.find((each: { mqtt_client?: string }) => each.mqtt_client === 'other');
    expect(seen.authorized_user).toBe(username);
    await stranger.leave();
  });

  it('turn away from a leaf at an address that its certificate does not have', async () => {
    expect(await stranger.connect({ ...login('valve'), host: PLANT, clientId: 'stranger' })).toMatch(
      /IP: 198\.51\.100\.7 is not in the cert's list/,
    );
  });

  it('cannot publish to a topic that is not theirs: the server acknowledges it and drops it', async () => {
    const after = leaf.logs('nats').length;
    expect(await thermometer.publish('plant/line1/valve', 'open', 1)).toBe('published');
    await leaf.waitForLog(/Publish Violation.*plant\.line1\.valve/, { after });
    expect(recorder.logs()).not.toContain('open');
  });

  it('cannot subscribe to a filter that is wider than theirs', async () => {
    expect(await thermometer.subscribe('plant/#', 1)).toMatch(/^failed: /);
  });

  it('hear each other while the link is cut', async () => {
    await office.nodePorts.cut(30722);
    await until(
      'the leaf has lost the broker',
      async () =>
        (await monitor(leaf, 'leafz')).leafs === undefined ||
        (await monitor(leaf, 'leafz')).leafs.length === 0,
    );
    await thermometer.publish('plant/line1/temperature', 'cut off', 1);
    await valve.hears('cut off');
    await office.nodePorts.heal(30722);
    await until('the leaf is back', async () => (await monitor(leaf, 'leafz')).leafs?.length === 1);
  });

  /** Gives the leaf its Secrets as they are made now, and waits until its server has read them. */
  async function deliver(of: Topology) {
    const after = leaf.logs('config-reloader').length;
    plant.apply(
      ...minted(of, issued)
        .get('plant')!
        .filter(({ kind }) => kind === 'Secret'),
    );
    await leaf.waitForLog(/nats-server runs on the current files/, { container: 'config-reloader', after });
  }

  it('are shown a renewed certificate without a restart, and stay connected', async () => {
    const { start } = await monitor(leaf, 'varz');
    const before = await valve.shown(login('valve'));
    renew(resolve(topology), issued, { certificates: ['plant-nats-leaf-mqtt'] });
    await deliver(topology);
    expect((await monitor(leaf, 'varz')).start).toBe(start);
    const issuedNow = new X509Certificate(readFileSync(join(issued, 'plant-nats-leaf-mqtt.crt')));
    expect(before).not.toBe(issuedNow.fingerprint256);
    expect(await valve.shown(login('valve'))).toBe(issuedNow.fingerprint256);
    expect(thermometer.closed).toBe(false);
  });

  it('lose their connection when the topology no longer has them, and are refused from then on', async () => {
    const [plantCluster] = topology.leafClusters as [LeafCluster];
    const devices = plantCluster.mqtt!.devices.filter(({ name }) => name !== 'valve');
    await deliver({
      ...topology,
      leafClusters: [{ ...plantCluster, mqtt: { ...plantCluster.mqtt, devices } }],
    });
    await until('the valve has lost its connection', () => valve.closed);
    expect(await valve.connect(login('valve'))).toMatch(/^failed: /);
    expect(thermometer.closed).toBe(false);
  });
});
