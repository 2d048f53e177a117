import { expect, it } from 'vitest';
import { credentialPlan } from '../../../certs/plan.ts';
import { renewalOf } from '../../../certs/rotate.ts';
import { topology } from '../../../examples/mqtt.ts';
import type { Device, Mqtt } from '../../../model/mqtt.ts';
import { resolve } from '../../../model/resolve.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';

const [plant] = topology.leafClusters as [LeafCluster];
const mqtt = plant.mqtt!;
const [thermometer] = mqtt.devices as [Device];

const withLeaf = (change: Partial<LeafCluster>): Topology => ({
  ...topology,
  leafClusters: [{ ...plant, ...change }],
});
const withMqtt = (change: Partial<Mqtt>) => withLeaf({ mqtt: { ...mqtt, ...change } });
const withDevice = (change: Partial<Device>) => withMqtt({ devices: [{ ...thermometer, ...change }] });

it('lets just the topics of its devices cross the link', () => {
  const [leaf] = resolve(topology).leaves;
  expect(leaf).toMatchObject({
    publish: ['plant.line1.temperature', 'plant.line1.valve'],
    subscribe: ['plant.line1.valve', 'plant.line1.valve.>', 'plant.*.temperature'],
  });
});

it('plans a server certificate for the addresses that devices dial, and one for each device', () => {
  const { certificates, passwords } = credentialPlan(resolve(topology));
  const named = (name: string) => certificates.find((one) => one.name === name);
  expect(named('plant-nats-leaf-mqtt')).toMatchObject({ role: 'server', purposes: ['serverAuth'] });
  expect(named('plant-nats-leaf-mqtt')?.names).toEqual(
    expect.arrayContaining(['192.0.2.10', 'gateway.plant.example']),
  );
  expect(named('plant-valve')).toMatchObject({ role: 'client', purposes: ['clientAuth'], names: ['valve'] });
  expect(passwords).toEqual(expect.arrayContaining(['plant/thermometer', 'plant/valve']));
});

it('covers the address of the cluster where no other is said', () => {
  const { addresses: _, ...rest } = mqtt;
  expect(resolve(withLeaf({ mqtt: rest })).leaves[0]?.mqtt?.addresses).toEqual(['198.51.100.7']);
});

it('renews the certificate of a device by its cluster and name', () => {
  expect(renewalOf(resolve(topology), 'client', 'plant/valve')).toEqual({ certificates: ['plant-valve'] });
  expect(renewalOf(resolve(topology), 'client', 'sys')).toEqual({ certificates: ['office-sys'] });
});

it('plans no certificate for devices that come in plain text', () => {
  const plain = resolve(withMqtt({ listener: { tls: false, insecurePlaintext: true } }));
  expect(credentialPlan(plain).certificates.map(({ name }) => name)).not.toContain('plant-valve');
});

it.each([
  [
    'a leaf without JetStream',
    withLeaf({ jetStream: undefined } as object),
    /^topology\.ts `leafClusters\[0\]\.mqtt`: needs JetStream, .*; give the cluster `jetStream: /,
  ],
  ['no device', withMqtt({ devices: [] }), /mqtt\.devices`: names no device; list one, or leave out `mqtt`/],
  [
    'two devices of one name',
    withMqtt({ devices: [thermometer, thermometer] }),
    /mqtt\.devices\[1\]\.name`: "thermometer" is used twice, by .*devices\[0\]\.name too; give each client of a cluster a user of its own/,
  ],
  [
    'a device named as a user of the leaf',
    withDevice({ name: 'doctor' }),
    /mqtt\.devices\[0\]\.name`: "doctor" is used twice, by npm run doctor too/,
  ],
  [
    'a device named as the certificate of the leaf',
    withDevice({ name: 'nats-leaf' }),
    /two certificates would be called 'plant-nats-leaf\.crt'; rename/,
  ],
  [
    'a device that may do nothing',
    withDevice({ publish: [] }),
    /devices\[0\]\.publish`: "thermometer" may do nothing; give it `publish` or `subscribe`/,
  ],
  [
    'a device from nowhere',
    withDevice({ networks: [] }),
    /devices\[0\]\.networks`: nothing says where thermometer dials from/,
  ],
  [
    'a wildcard in a topic to publish to',
    withDevice({ publish: ['plant/#'] }),
    /publish\[0\]`: "plant\/#" has a wildcard; a device publishes to whole topics/,
  ],
  [
    'a topic that nats-server takes for another',
    withDevice({ publish: ['plant//x'] }),
    /publish\[0\]`: "plant\/\/x" is not an MQTT topic; use levels/,
  ],
  [
    'a topic of the server',
    withDevice({ subscribe: ['$SYS/#'] }),
    /subscribe\[0\]`: "\$SYS\/#" is not an MQTT topic/,
  ],
  [
    "a topic of other clients' replies",
    withDevice({ subscribe: ['_INBOX/x'] }),
    /subscribe\[0\]`: "_INBOX\.x" is reserved/,
  ],
  [
    'a wildcard within a level',
    withDevice({ subscribe: ['plant/line+'] }),
    /subscribe\[0\]`: "plant\/line\+" is not an MQTT topic/,
  ],
  [
    'a port that is no NodePort',
    withMqtt({ listener: { nodePort: 1883 } }),
    /mqtt\.listener\.nodePort`: 1883 is outside the NodePort range 30000-32767; use 31883/,
  ],
  [
    'a closed port',
    withMqtt({ listener: { nodePort: 'closed' } }),
    /mqtt\.listener\.nodePort`: is closed, but the device thermometer dials it; use 31883/,
  ],
  [
    'plain text that nobody wrote out',
    withMqtt({ listener: { tls: false } }),
    /mqtt\.listener\.tls`: false opens NodePort 31883 to anyone's eyes/,
  ],
  [
    'a load balancer without a listener',
    withMqtt({ loadBalancer: {} }),
    /mqtt\.loadBalancer`: has no listener behind it/,
  ],
  ['no address', withMqtt({ addresses: [] }), /mqtt\.addresses`: names no address/],
  [
    'an address twice',
    withMqtt({ addresses: ['192.0.2.10', '192.0.2.10'] }),
    /mqtt\.addresses\[1\]`: "192\.0\.2\.10" is listed already/,
  ],
  [
    'an address that is none',
    withMqtt({ addresses: ['a b'] }),
    /mqtt\.addresses\[0\]`: "a b" is neither an IP address nor a DNS name/,
  ],
  [
    'a volume that is too small',
    withMqtt({ storage: '2Gi' }),
    /leafClusters\[0\]\.jetStream\.storage\.size`: 1Gi is too small for the maxBytes of all streams here and the 2Gi of `mqtt\.storage`; use at least 3Gi/,
  ],
  [
    'a storage that is none',
    withMqtt({ storage: 'much' }),
    /mqtt\.storage`: "much" is not an amount of storage/,
  ],
])('refuses %s', (_, wrong, message) => {
  expect(() => resolve(wrong)).toThrow(message);
});
