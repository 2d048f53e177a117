import { expect, it } from 'vitest';
import { topology } from '../../../examples/mqtt.ts';
import { gaps } from '../../../picture/hop.ts';
import { hops } from '../../../picture/hops.ts';
import { views } from '../../support/picture/topologies.ts';

it('has the devices of a leaf as a party outside every cluster, with certificate, password and address', () => {
  const all = hops(views(topology));
  const [devices] = all.filter(({ to }) => to.port === 1883);
  expect(devices).toMatchObject({
    kind: 'externalCaller',
    from: { cluster: undefined, name: 'thermometer, valve' },
    to: { cluster: 'plant', name: 'nats-leaf' },
    exposure: { kind: 'NodePort', port: 31883 },
    callerProves: [
      { kind: 'address', networks: ['192.0.2.0/24'] },
      { kind: 'certificate' },
      { kind: 'password' },
    ],
    encryptedBy: ['NATS'],
  });
  expect(all.flatMap(gaps)).toEqual([]);
});
