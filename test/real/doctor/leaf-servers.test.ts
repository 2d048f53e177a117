import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/leaf-servers.ts';
import type { LiveCluster } from '../../support/cluster/live-cluster.ts';
import { bad, DOCTOR_PARTS, DoctorScene } from '../../support/doctor/scene.ts';
import { describeReal } from '../../support/parts.ts';
import { until } from '../../support/until.ts';

describeReal(DOCTOR_PARTS, 'the doctor, where a leaf has three servers', () => {
  let scene: DoctorScene;
  let b: LiveCluster;

  beforeAll(async () => {
    const { brokerCluster } = topology;
    scene = new DoctorScene({ ...topology, brokerCluster: { ...brokerCluster, replicas: 1 } });
    await scene.start();
    b = scene.cluster('vm-b');
    const a = scene.cluster('vm-a');
    for (const pod of ['nats-broker-0', 'nats-streams', 'nats-publisher']) await a.startPod(pod);
    await Promise.all([0, 1, 2].map((i) => b.startPod(`nats-leaf-${i}`)));
    await b.ready();
    for (const { name } of topology.leafClusters[0]!.subscribers!) await b.startPod(name);
    for (const pod of ['nats-streams', 'nats-local']) await b.startPod(pod);
    await scene.healthy();
  }, 180_000);

  afterAll(() => scene?.stop());

  it('is content when all of them are linked and have routes', async () => {
    const findings = await scene.examine();
    const ok = { cluster: 'vm-b', level: 'ok' };
    expect(findings).toContainEqual({ ...ok, check: 'links', what: 'linked to vm-a-nats-broker-0' });
    const what = '3 servers have a route to each other';
    expect(findings).toContainEqual({ ...ok, check: 'routes', what });
  });

  it('tells the one that is down from both sides, and the copies that are missing for it', async () => {
    await b.cluster.pods.get('nats-leaf-2')!.kill();
    await b.sync();
    const copy = (stream: string) =>
      expect.stringMatching(
        `^warning vm-b streams: the copy of the stream ${stream} on vm-b-nats-leaf-2 is \\d+ messages behind or out of reach$`,
      );
    const settled = async () => {
      const found = bad(await scene.examine());
      return found.filter((line) => line.includes('the copy of')).length === 2 && found.length === 4 && found;
    };
    const found = await until('the others have taken over', settled, 60_000);
    expect(found).toContain('warning vm-a links: vm-b-nats-leaf-2 has no link');
    expect(found).toContain('problem vm-b pods: nats-leaf has 2 of 3 pods');
    expect(found).toEqual(expect.arrayContaining([copy('EVENTS'), copy('LOCAL')]));
    await b.startPod('nats-leaf-2');
    await scene.healthy();
  }, 120_000);
});
