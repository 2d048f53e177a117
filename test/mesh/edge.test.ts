import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Resources, Topology } from '../../model/topology.ts';
import { namespaceOf, ROUTER } from '../../tools/clusters/settings.ts';
import { topology as defaultTopology } from '../../topology.ts';
import { AttackCredentials } from '../support/attack/credentials.ts';
import { addressOf, attackerIn, becomes, seenByAttacker, start } from '../support/mesh/probe.ts';
import * as mesh from '../support/mesh/world.ts';
import { Device } from '../support/mqtt/device.ts';
import { describeReal } from '../support/parts.ts';
import { NetworkNamespace } from '../support/stage/network.ts';
import { until } from '../support/until.ts';

const { kubectl, sh } = mesh;

const exactly = (cpu: string, memory: string): Resources => ({
  requests: { cpu, memory },
  limits: { cpu, memory },
});

/** Where the router between the clusters reaches vm-b from, where devices are. */
const DEVICES = ['2.2.2.254/32'];
const NAMES = ['nats-leaf-0', 'nats-leaf-1', 'nats-leaf-2'];

/** A broker of QoS class Guaranteed, and devices at a leaf of three servers. */
const topology: Topology = {
  brokerCluster: {
    ...defaultTopology.brokerCluster,
    resources: exactly('200m', '256Mi'),
    serverPods: {
      proxyResources: exactly('100m', '128Mi'),
      reloaderResources: exactly('50m', '32Mi'),
    },
    subscribers: [{ name: 'recorder', user: 'recorder', subject: 'plant.>' }],
    publishers: [
      ...defaultTopology.brokerCluster.publishers!,
      { name: 'control', user: 'control', subject: 'plant.valve.set' },
    ],
  },
  leafClusters: [
    {
      ...defaultTopology.leafClusters[0]!,
      replicas: 3,
      jetStream: { storage: { size: '1Gi' } },
      mqtt: {
        devices: [
          { name: 'thermometer', networks: DEVICES, publish: ['plant/temperature'] },
          { name: 'valve', networks: DEVICES, subscribe: ['plant/valve/#', 'plant/temperature'] },
        ],
      },
    },
  ],
};

describeReal(mesh.MESH_PARTS, 'three servers of a leaf on a real cluster', () => {
  let project: mesh.Project;

  beforeAll(async () => {
    project = mesh.Project.afresh(topology);
    project.synth();
    sh('for c in vm-a vm-b; do kubectl --context $c apply -f dist/$c; done', project.folder);
    await mesh.messagesFlow('vm-b', 3, 240);
    sh('kubectl --context vm-b -n nats-system rollout status statefulset/nats-leaf --timeout=240s');
  });

  it('are found healthy by the doctor, each with its routes and a link', () => project.healthy());

  it('leave the broker in the QoS class Guaranteed, which every container of its pod asks for', () => {
    const qos = (context: string, pod: string) =>
      kubectl(context, 'get', 'pod', pod, '-o', 'jsonpath={.status.qosClass}');
    expect(qos('vm-a', 'nats-broker-0')).toBe('Guaranteed');
    expect(qos('vm-b', 'nats-leaf-0')).toBe('Burstable');
  });

  it('refuse everybody at the port of their routes but each other', async () => {
    const address = addressOf('vm-b', 'nats-leaf-0');
    const hello = `timeout 4 nc ${address} 6222 </dev/null | head -c 4`;
    const asServer = () => kubectl('vm-b', 'exec', 'nats-leaf-1', '-c', 'nats', '--', 'sh', '-c', hello);
    // The control: another server is greeted there.
    expect(await becomes(asServer, 'INFO')).toBe('INFO');
    for (const inject of ['enabled', 'disabled']) {
      sh(`kubectl --context vm-b create namespace meshed
kubectl --context vm-b annotate namespace meshed linkerd.io/inject=${inject}`);
      start('vm-b', 'meshed', attackerIn('meshed'));
      expect(seenByAttacker('vm-b', 'meshed', 'nats-leaf-0')).toBe('');
      sh('kubectl --context vm-b delete namespace meshed --timeout=120s');
    }
    start('vm-b', 'nats-system', attackerIn('nats-system', 'nats-subscriber', 'nats-subscriber'));
    // It has the subscriber's account and label, and sees what is the subscriber's.
    const seen = () => seenByAttacker('vm-b', 'nats-system', 'nats-leaf-0');
    expect(await becomes(seen, 'info 4222')).toBe('info 4222');
    kubectl('vm-b', 'delete', 'pod', 'attacker');
  });

  it.runIf(mesh.areOwn).each(NAMES)(
    'go on when %s is killed, with few messages of core NATS lost',
    async (name) => {
      const lost = await mesh.lostDuring('vm-b', () => {
        for (const pid of mesh.processesOf('vm-b', name, 'nats')) process.kill(pid, 'SIGKILL');
      });
      // The subscriber is with one of the three and takes a moment to go to another: three times what was measured.
      expect(lost).toBeLessThanOrEqual(10);
      await project.healthy();
    },
  );

  describe.runIf(mesh.areOwn)('and their devices', () => {
    let credentials: AttackCredentials;
    let thermometer: Device;
    let valve: Device;

    const at = (network: string) => new Device(new NetworkNamespace(`/run/netns/${network}`));

    beforeAll(() => {
      credentials = new AttackCredentials(join(project.folder, 'certs', 'issued'));
      thermometer = at(ROUTER);
      valve = at(ROUTER);
    });

    const login = (name: string) => ({
      ...({ protocol: 'mqtts', host: '2.2.2.2', port: 31883, protocolVersion: 4 } as const),
      ...{ ca: credentials.natsCa, ...credentials.minted(`vm-b-${name}`) },
      ...{ username: name, password: credentials.password(`vm-b/${name}`), clientId: name, clean: false },
    });

    it('come in through the NodePort with their certificate and password', async () => {
      expect(await thermometer.connect(login('thermometer'))).toBe('connected');
      expect(await valve.connect(login('valve'))).toBe('connected');
      expect(await valve.subscribe('plant/temperature', 1)).toBe('granted 1');
      expect(await valve.subscribe('plant/valve/#', 1)).toBe('granted 1');
    });

    it('hear each other and the broker, and the broker hears them', async () => {
      expect(await thermometer.publish('plant/temperature', '21 degrees', 1)).toBe('published');
      expect(await valve.hears('21 degrees')).toMatchObject({ qos: 1 });
      expect(await valve.hears(/^Message #/)).toMatchObject({ topic: 'plant/valve/set' });
      await until('the recorder has it', () =>
        kubectl('vm-a', 'logs', 'deploy/recorder', '-c', 'recorder').includes('21 degrees'),
      );
    });

    it('find their sessions at the other servers when one after the other restarts', async () => {
      for (const [i, name] of NAMES.entries()) {
        await valve.leave();
        expect(await thermometer.publish('plant/temperature', `missed ${i}`, 1)).toBe('published');
        kubectl('vm-b', 'delete', 'pod', name);
        sh('kubectl --context vm-b -n nats-system rollout status statefulset/nats-leaf --timeout=180s');
        await comeBack(valve, 'valve');
        await valve.hears(`missed ${i}`);
        if (thermometer.closed) await comeBack(thermometer, 'thermometer');
      }
    });

    /** A group of servers takes some seconds to agree again. */
    const comeBack = (device: Device, name: string) =>
      until(
        `${name} is back`,
        async () => (await device.connect(login(name))).startsWith('connected'),
        60_000,
      );

    it('are refused from anywhere but their networks, without a certificate, and with another’s', async () => {
      const stranger = at(namespaceOf('vm-a'));
      expect(await stranger.connect({ ...login('valve'), clientId: 'far', connectTimeout: 3_000 })).toMatch(
        /^failed: /,
      );
      const near = at(ROUTER);
      const without = { ...login('valve'), clientId: 'near', cert: undefined, key: undefined };
      expect(await near.connect(without)).toMatch(/^failed: .*certificate required/);
      const other = { ...login('valve'), clientId: 'near', ...credentials.minted('vm-b-thermometer') };
      expect(await near.connect(other)).toMatch(/^failed: .*Not authorized/);
    });
  });
});
