import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { topology as example } from '../../examples/monitoring.ts';
import type { Cluster, Topology } from '../../model/topology.ts';
import { Load, SIGN_IN } from '../support/load.ts';
import { groupsOf, makeScrapers, prometheusAs } from '../support/mesh/scraper.ts';
import * as mesh from '../support/mesh/world.ts';
import { queries } from '../support/monitoring/panels.ts';
import { describeReal } from '../support/parts.ts';
import { consecutive, streamsOf } from '../support/production.ts';
import { until } from '../support/until.ts';

const { onOwn, sh } = mesh;
const [leafCluster] = example.leafClusters;
const MEGABYTE = 1_000_000;
const MINUTE = 60_000;

/**
 * Messages of 1 MB that go to the leaf, and half as many that wait for it while the link is silent. For what a person wants
 * to see once, `MESH_MEGABYTES=1000`, which takes some minutes more.
 */
const VOLUME = Number(process.env.MESH_MEGABYTES ?? 200);

/** Three brokers and what else there is have to fit on a node of two CPUs. */
const small: Partial<Cluster> = {
  resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } },
  jetStream: { storage: { size: '4Gi' } },
  scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
};

/** The example with one leaf cluster, and a second stream for what is large. */
const topology: Topology = {
  brokerCluster: {
    ...{ ...example.brokerCluster, ...small },
    streams: [
      { name: 'EVENTS', subjects: ['test.>'], maxAge: '7d', maxBytes: '512Mi' },
      { name: 'LARGE', subjects: ['large.>'], maxAge: '7d', maxBytes: '2Gi' },
    ],
    publishers: [
      {
        ...example.brokerCluster.publishers![0]!,
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
      },
      { name: 'nats-large', user: 'large', subject: 'large.data', stream: 'LARGE' },
    ],
  },
  leafClusters: [{ ...leafCluster!, ...small, mirrors: ['EVENTS', 'LARGE'] }],
};

/** The same without monitoring, and without the publisher of what is large. */
const { monitoring: _, ...unwatched } = topology.brokerCluster;
const reduced: Topology = {
  ...topology,
  brokerCluster: { ...unwatched, publishers: unwatched.publishers!.slice(0, 1) },
};

const publisher = mesh.inPod('vm-a', 'deploy/nats-publisher', 'nats-publisher');
const large = mesh.inPod('vm-a', 'deploy/nats-large', 'nats-large');
const servers = {
  broker: mesh.inPod('vm-a', 'nats-broker-0', 'nats'),
  leaf: mesh.inPod('vm-b', 'nats-leaf-0', 'nats'),
};

describeReal([...mesh.MESH_PARTS, 'prometheus'], 'production on two real clusters', () => {
  let project: mesh.Project;
  const folders = { 'vm-a': ['dist/vm-a', 'dist/vm-a/monitoring'], 'vm-b': ['dist/vm-b'] };
  const forAll = (command: string) =>
    Object.entries(folders)
      .flatMap(([name, paths]) =>
        paths.map((path) => sh(`kubectl --context ${name} ${command} -f ${path}`, project.folder)),
      )
      .join('');

  beforeAll(() => {
    project = mesh.Project.afresh(topology);
    project.synth();
    // Of the Prometheus Operator there is as much as a PodMonitor needs to be stored.
    for (const name of ['vm-a', 'vm-b']) {
      sh(`kubectl --context ${name} apply -f imports/crds/monitoring.coreos.com.yaml
kubectl --context ${name} wait --for=condition=Established crd/podmonitors.monitoring.coreos.com --timeout=60s`);
    }
  });

  const generations = () =>
    forAll(`get -o jsonpath='{range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}'`);

  const log = () => mesh.kubectl('vm-b', 'logs', '-l', 'app=nats-subscriber', '--tail=-1');

  it('works on the first apply, and a second one changes nothing', async () => {
    forAll('apply');
    await mesh.messagesFlow('vm-b', 5, 300);
    sh(
      'for k in statefulset/nats-broker deploy/nats-streams; do kubectl --context vm-a -n nats-system rollout status $k --timeout=120s; done',
    );
    const before = generations();
    const said = forAll('apply').match(/^\S+ (configured|created)$/gm) ?? [];
    expect(generations()).toBe(before);
    // Of these kubectl says so whatever was applied: it sends what the server has filled in, or a selector as a whole.
    expect(said.filter((line) => !/^(statefulset|poddisruptionbudget)\./.test(line))).toEqual([]);
    forAll('diff');
  });

  it('is found healthy by the doctor', async () => {
    await project.healthy();
  });

  it('is harmed by no advice of the doctor where contexts are swapped', () => {
    const { status, said } = project.doctor('--context vm-a=vm-b --context vm-b=vm-a');
    expect(status).toBe(1);
    expect(said).toContain('context vm-b is cluster vm-b, not vm-a');
    expect(said).not.toMatch(/do: .*kubectl .*(apply|delete)/);
  });

  it('has a Secret back that was deleted, by the line that the doctor prints', async () => {
    mesh.kubectl('vm-a', 'delete', 'secret', 'nats-auth-large');
    const { status, said } = project.doctor();
    expect(status).toBe(1);
    expect(said).toContain('nats-auth-large');
    const [, line = ''] = /do: +npm run synth, then (kubectl \S+ vm-a apply -f [^\s,]+)/.exec(said) ?? [];
    sh(line, project.folder);
    await project.healthy();
  });

  const stream = async (server: keyof typeof servers, name: string) =>
    (await streamsOf(servers[server])).find((found) => found.name === name)?.state;

  async function publishLarge(count: number) {
    const script = `${SIGN_IN} head -c ${MEGABYTE} /dev/urandom | n --timeout 20s pub -J -q --no-templates --force-stdin --count ${count} "$NATS_SUBJECT"`;
    const { code, stderr } = await large.exec(['sh', '-c', script], { timeout: 5 * MINUTE });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  }

  /** Waits until the leaf has all of what the brokers have. @returns seconds */
  async function caughtUp(): Promise<number> {
    const start = Date.now();
    await until(
      'the mirror has all that the stream has',
      async () => {
        await sleep(500);
        const [origin, mirror] = [await stream('broker', 'LARGE'), await stream('leaf', 'LARGE')];
        return origin !== undefined && mirror !== undefined && mirror.last_seq >= origin.last_seq;
      },
      3 * MINUTE,
    ).catch((error) => {
      throw new Error(`${error.message}\n${mesh.explanation()}`);
    });
    return (Date.now() - start) / 1000;
  }

  /** Runs a load through what happens. Every message that was acknowledged has to be delivered, once and in order. */
  async function loseNothing(run: string, during: () => unknown) {
    const load = new Load(() => publisher, run, 0);
    await sleep(3_000);
    await during();
    await load.stop();
    await until(
      'all that was acknowledged is delivered',
      async () => {
        await sleep(1_000);
        return load.received(log()).length >= load.acknowledged;
      },
      3 * MINUTE,
    ).catch((error) => {
      const last = load.received(log()).length;
      throw new Error(`${error.message} ${last} of ${load.acknowledged} came.\n${mesh.explanation()}`);
    });
    console.log(`${run}: ${load.acknowledged} messages acknowledged`);
    expect(load.acknowledged).toBeGreaterThan(100);
    expect(load.received(log())).toEqual(Array.from({ length: load.acknowledged }, (_, i) => i + 1));
    const numbers = mesh.received('vm-b');
    expect(numbers).toEqual(consecutive(numbers));
  }

  it('loses no acknowledged message in a rolling restart of the brokers', async () => {
    await loseNothing('restart', () =>
      mesh.inBackground(`kubectl --context vm-a -n nats-system rollout restart statefulset/nats-broker
kubectl --context vm-a -n nats-system rollout status statefulset/nats-broker --timeout=300s`),
    );
  });

  it(`has ${VOLUME} messages of 1 MB on the leaf`, async () => {
    const start = Date.now();
    await publishLarge(VOLUME);
    const seconds = (Date.now() - start) / 1000;
    console.log(`${VOLUME} MB in ${seconds} s: the mirror has the last of them ${await caughtUp()} s later`);
    expect((await stream('leaf', 'LARGE'))?.bytes).toBeGreaterThan(VOLUME * MEGABYTE);
  });

  onOwn('has what was published while the link was silent, and loses nothing', async () => {
    await loseNothing('cut', async () => {
      const before = (await stream('leaf', 'LARGE'))?.messages ?? 0;
      mesh.cutLink();
      const silent = sleep(40_000);
      await publishLarge(VOLUME / 2);
      await silent;
      expect((await stream('leaf', 'LARGE'))?.messages).toBeLessThan(before + VOLUME / 2);
      mesh.repairLink();
      console.log(`a backlog of ${VOLUME / 2} MB: there ${await caughtUp()} s after the repair`);
    });
  });

  onOwn(
    'is scraped by the service account that the topology names, proxies included, and no alert fires',
    async () => {
      makeScrapers('vm-a', ['prometheus', 'somebody']);
      const prometheus = await prometheusAs('vm-a', 'prometheus');
      try {
        const ups = await until(
          'everything is scraped',
          async () => {
            const found = await prometheus.query('up == 1');
            return found.length >= 9 && found;
          },
          MINUTE,
        );
        const endpoints = ups.map(({ metric }) => `${metric.pod} ${metric.endpoint}`);
        expect(endpoints).toEqual(expect.arrayContaining([0, 1, 2].map((i) => `nats-broker-${i} metrics`)));
        const { read, absent } = await prometheus.coverage([
          ...groupsOf('vm-a').flatMap(({ rules }) => rules.map(({ expr }) => expr)),
          ...queries.map(({ expr }) => expr),
        ]);
        expect(read).toContain('control_identity_cert_expiration_timestamp_seconds');
        // Other jobs scrape Linkerd's control plane and kube-state-metrics; mirrors and consumers are the leaf's.
        const elsewhere = /^(kube_|issuer_cert_ttl_seconds$|nats_stream_mirror_|nats_consumer_)/;
        expect(absent.filter((name) => !elsewhere.test(name))).toEqual([]);
        // A scrape may take a busy machine longer than its second, for which rules as fast as these have no patience.
        let wrong: unknown[] = [];
        await until(
          'nothing is down and no alert fires',
          async () => {
            wrong = [...(await prometheus.query('up == 0')), ...(await prometheus.firing())];
            return wrong.length === 0;
          },
          MINUTE,
        ).catch((error) => {
          throw new Error(`${error.message} ${JSON.stringify(wrong)}`);
        });
      } finally {
        prometheus.stop();
      }
    },
  );

  onOwn('is scraped by no other service account', async () => {
    const prometheus = await prometheusAs('vm-a', 'somebody');
    try {
      await until('it has tried', async () => (await prometheus.query('up')).length >= 9, MINUTE);
      expect(await prometheus.query('up == 1')).toEqual([]);
    } finally {
      prometheus.stop();
    }
  });

  it('has nothing left of what left the topology, once the printed lines are followed', async () => {
    project.describe(reduced);
    const said = project.synth();
    expect(said).toContain('deployment.apps/nats-large');
    expect(said).toContain('podmonitor');
    folders['vm-a'] = ['dist/vm-a'];
    forAll('apply');
    project.follow(said);
    sh('kubectl --context vm-a -n nats-system rollout status statefulset/nats-broker --timeout=300s');
    forAll('diff');
    const kinds = 'deploy,sa,secret,podmonitor,prometheusrule,cm,servers.policy.linkerd.io,netpol';
    const wanted = sh('kubectl --context vm-a get -f dist/vm-a -o name', project.folder).split('\n');
    const live = mesh.kubectl('vm-a', 'get', kinds, '-o', 'name').split('\n');
    // Kubernetes makes these two in every namespace.
    const itsOwn = ['configmap/kube-root-ca.crt', 'serviceaccount/default'];
    expect(live.filter((name) => ![...wanted, ...itsOwn].includes(name))).toEqual([]);
    await project.healthy();
  });
});
