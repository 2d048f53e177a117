import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology as production } from '../../../examples/production.ts';
import type { LiveCluster } from '../../support/cluster/live-cluster.ts';
import { bad, DOCTOR_PARTS, DoctorScene, looks } from '../../support/doctor/scene.ts';
import { SIGN_IN } from '../../support/load.ts';
import { type KubeObject, values } from '../../support/manifest.ts';
import { describeReal } from '../../support/parts.ts';
import { leaderAmong } from '../../support/production.ts';
import { until } from '../../support/until.ts';

describeReal(DOCTOR_PARTS, 'the doctor, where streams are kept', () => {
  let scene: DoctorScene;
  let a: LiveCluster;
  let b: LiveCluster;

  beforeAll(async () => {
    scene = new DoctorScene({ ...production, leafClusters: production.leafClusters.slice(0, 1) });
    await scene.start();
    [a, b] = [scene.cluster('vm-a'), scene.cluster('vm-b')];
    await Promise.all([0, 1, 2].map((i) => a.startPod(`nats-broker-${i}`)));
    await a.ready();
    await a.startPod('nats-streams');
    await a.startPod('nats-publisher');
    for (const pod of ['nats-leaf-0', 'nats-streams', 'nats-subscriber']) await b.startPod(pod);
    await scene.healthy();
  });

  afterAll(() => scene?.stop());

  it('is content with a stream on three servers and its mirror', async () => {
    const findings = await scene.examine();
    for (const cluster of ['vm-a', 'vm-b']) {
      expect(findings).toContainEqual({
        cluster,
        check: 'streams',
        level: 'ok',
        what: 'EVENTS as described',
      });
    }
    expect(looks(findings)).toContain('vm-b message');
  });

  it('finds a broker that is down, and the copy that is missing for it', async () => {
    await a.cluster.pods.get('nats-broker-2')!.kill();
    await a.sync();
    const down = [
      'problem vm-a pods: nats-broker has 2 of 3 pods',
      expect.stringMatching(
        /^warning vm-a streams: the copy of the stream EVENTS on vm-a-nats-broker-2 is \d+ messages behind or out of reach$/,
      ),
    ];
    // Until the other two have agreed on a leader and the leaf has found one of them.
    const settled = async () => {
      const found = bad(await scene.examine());
      return found.length === down.length && found.some((line) => line.includes('copy of')) && found;
    };
    expect(await until('the others have taken over', settled, 40_000)).toEqual(down);
    await a.startPod('nats-broker-2');
    await scene.healthy();
  });

  it('finds a mirror that has heard nothing for half a minute, though its lag is said to be 0', async () => {
    await a.cluster.nodePorts.cut(30722);
    const stale = async () =>
      bad(await scene.examine({ patience: 2000 })).find((line) => line.startsWith('problem vm-b streams'));
    expect(await until('the mirror is found stale', stale, 120_000)).toMatch(
      /^problem vm-b streams: the mirror EVENTS has not heard of its stream for ([3-9]\d|1\d\d) s$/,
    );
    const { stdout } = await b.cluster.pods
      .get('nats-leaf-0')!
      .exec(['wget', '-q', '-O', '-', 'http://127.0.0.1:8222/jsz?streams=true']);
    expect(stdout).toMatch(/"lag": 0,/);
  }, 180_000);

  it('finds a mirror that stands still although heartbeats come', async () => {
    // Without the right to answer, the window of 2 MiB of the mirror's consumer shuts for good. A link that stands
    // keeps its rights when they change.
    await a.cluster.nodePorts.cut(30722);
    const brokers = [0, 1, 2].map((i) => a.cluster.pods.get(`nats-broker-${i}`)!);
    const reloads = () => brokers.map((broker) => broker.logs('nats').split('Reloaded server conf').length);
    const before = reloads();
    a.cluster.apply(
      ...scene
        .objectsOf('vm-a')
        .flatMap((object) => (object.kind === 'Secret' ? [withoutFlowControl(object)] : [])),
    );
    await until('the brokers have read it', () => reloads().every((count, i) => count > before[i]!), 60_000);
    await a.cluster.nodePorts.heal(30722);
    const publisher = [...a.cluster.pods.values()].find(({ name }) => name.startsWith('nats-publisher'))!;
    const send = 'head -c 16000 /dev/zero | tr "\\0" x | n pub -q --force-stdin "$NATS_SUBJECT"';
    const script = `${SIGN_IN} i=0; while [ $i -lt 200 ]; do ${send}; i=$((i + 1)); done`;
    await publisher.exec(['sh', '-c', script], { timeout: 120_000 });
    const still = async () => bad(await scene.examine()).find((line) => line.includes('stands still'));
    expect(await until('the mirror is found to stand still', still, 120_000)).toMatch(
      /^problem vm-b streams: the mirror EVENTS stands still at message \d+, while its stream on vm-a has \d+$/,
    );
  }, 300_000);

  it('finds a stream that changed its leader, though its servers only fell silent for a while', async () => {
    const brokers = [0, 1, 2].map((i) => a.cluster.pods.get(`nats-broker-${i}`)!);
    const leader = await until('the stream is led', () => leaderAmong(brokers));
    leader.container('nats').signal('SIGSTOP');
    const others = brokers.filter((broker) => broker !== leader);
    await until('another leads', () => leaderAmong(others), 60_000);
    leader.container('nats').signal('SIGCONT');
    const told = async () => bad(await scene.examine()).find((line) => line.includes('changed its leader'));
    expect(await until('it is found', told, 90_000)).toMatch(
      /^warning vm-a streams: the stream EVENTS changed its leader \d+ s ago, and no server came or went before that$/,
    );
  }, 180_000);
});

/** A Secret whose accounts, if it has any, let nobody answer the flow control of a stream. */
function withoutFlowControl(secret: KubeObject): KubeObject {
  const muted = [...values(secret)].map(
    ([key, value]) => [key, String(value).replaceAll('$JS.FC.', '$JS.NOBODY.')] as const,
  );
  return { ...secret, data: {}, stringData: Object.fromEntries(muted) };
}
