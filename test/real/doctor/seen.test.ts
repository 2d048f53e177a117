import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LeafCluster } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';
import { AttackCredentials } from '../../support/attack/credentials.ts';
import { DOCTOR_PARTS, DoctorScene } from '../../support/doctor/scene.ts';
import { describeReal } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';

const [leaf] = topology.leafClusters as [LeafCluster];
const clients = ['orders', 'reports'].map((name) => ({ name, namespace: 'shop', publish: ['test.orders'] }));

describeReal(DOCTOR_PARTS, 'the doctor, where applications of other namespaces are clients', () => {
  const scene = new DoctorScene({ ...topology, leafClusters: [{ ...leaf, clients }] });
  let subscriber: Pod;

  beforeAll(async () => {
    await scene.start();
    await scene.cluster('vm-a').startPod('nats-broker-0');
    await scene.cluster('vm-b').startPod('nats-leaf-0');
    subscriber = await scene.cluster('vm-b').startPod('nats-subscriber');
    await scene.cluster('vm-b').ready();
  });

  afterAll(() => scene.stop());

  /** Signs in once as a client, publishes, and leaves. */
  async function visit(user: string, password: string): Promise<string> {
    const server = 'nats://nats-leaf.nats-system.svc.cluster.local:4222';
    const argv = ['nats', '--server', server, '--user', user, '--password', password];
    const { stdout, stderr } = await subscriber.exec([...argv, 'pub', 'test.orders', 'hello']);
    return stdout + stderr;
  }

  const said = async () =>
    (await scene.examine())
      .filter(({ check }) => check === 'seen')
      .map(({ level, cluster, what }) => `${level} ${cluster}: ${what}`);

  const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

  it('names each that has not connected yet, as a warning', async () => {
    const never = (name: string) =>
      expect.stringMatching(new RegExp(`^warning vm-b: ${name} of shop has not connected since ${stamp}$`));
    expect(await said()).toEqual([never('orders'), never('reports')]);
  });

  it('remembers one that has come and gone, and tells one that was refused', async () => {
    const credentials = new AttackCredentials(scene.issued);
    expect(await visit('orders', credentials.password('vm-b/orders'))).toContain('Published');
    expect(await visit('reports', 'wrong')).toContain('Authorization Violation');
    expect(await said()).toEqual([
      'ok vm-b: 1 of 2 have connected',
      expect.stringMatching(
        new RegExp(
          `^warning vm-b: reports of shop has been refused since ${stamp}, the last time at ${stamp}$`,
        ),
      ),
    ]);
  });
});
