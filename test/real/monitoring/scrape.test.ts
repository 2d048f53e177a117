import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/monitoring.ts';
import { queries } from '../../support/monitoring/panels.ts';
import { type Firing, Prometheus } from '../../support/monitoring/prometheus.ts';
import { type Group, groupsIn } from '../../support/monitoring/promtool.ts';
import { scaled } from '../../support/monitoring/scaled.ts';
import { targetsOf } from '../../support/monitoring/targets.ts';
import { describeReal } from '../../support/parts.ts';
import { leaderAmong, Production } from '../../support/production.ts';
import { until } from '../../support/until.ts';

const LEAF_PORT = 30722;

/** Names that cannot be scraped here, because what shows them needs a Kubernetes cluster. */
const ELSEWHERE = {
  "Linkerd's proxies": ['control_identity_cert_expiration_timestamp_seconds'],
  "Linkerd's identity controller": ['issuer_cert_ttl_seconds'],
  'kube-state-metrics': [
    'kube_pod_container_info',
    'kube_pod_container_resource_limits',
    'kube_pod_init_container_info',
    'kube_pod_status_phase',
  ],
};

/** Here every pod is without Linkerd, and the alerts say so. */
const UNMESHED = [
  'vm-a LinkerdPodUnmeshed nats-broker-0',
  'vm-a LinkerdPodUnmeshed nats-broker-1',
  'vm-a LinkerdPodUnmeshed nats-broker-2',
  'vm-b LinkerdPodUnmeshed nats-leaf-0',
];

const LINK_DOWN = ['vm-a NatsLeafLinkDown vm-b', 'vm-b NatsLeafLinkDown nats-leaf-0'];

const parts = ['namespaces', 'nats-server', 'nats', 'prometheus-nats-exporter', 'prometheus'] as const;

describeReal(parts, 'a real Prometheus', () => {
  let production: Production;
  let prometheus: Prometheus;
  let groups: Group[];

  beforeAll(async () => {
    const onlyLeaf = topology.leafClusters.slice(0, 1);
    production = await Production.start({ topology: { ...topology, leafClusters: onlyLeaf } });
    groups = [...production.objects].flatMap(([cluster, objects]) =>
      groupsIn(objects).map((group) => ({ ...group, name: `${cluster}-${group.name}` })),
    );
    prometheus = await Prometheus.start(production.outsider('9.9.9.9'), scaled(groups));
    discover();
  });

  afterAll(async () => {
    prometheus?.stop();
    await production?.stop();
  });

  function discover() {
    const all = [...production.clusters].flatMap(([name, cluster]) =>
      targetsOf(cluster.pods.values(), production.objects.get(name) ?? []),
    );
    prometheus.scrape(all);
  }

  /** An alert as cluster, alert, and whichever server, leaf or stream it is about. */
  function told({ labels }: Firing): string {
    const about = labels.stream_name ?? labels.leaf ?? labels.pod;
    return [labels.cluster, labels.alertname, about].filter(Boolean).join(' ');
  }

  const fires = (wanted: readonly string[], timeout = 30_000) =>
    prometheus.fires([...UNMESHED, ...wanted], told, timeout);

  it('scrapes every name that a rule or panel reads, but those of Linkerd and Kubernetes', async () => {
    await fires([]);
    const { read, absent } = await prometheus.coverage([
      ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
      ...queries.map(({ expr }) => expr),
    ]);
    expect(absent).toEqual(Object.values(ELSEWHERE).flat().sort());
    expect(read.length).toBeGreaterThan(20);
  });

  it('has something to show in every panel, but those of Linkerd and Kubernetes', async () => {
    const elsewhere = Object.values(ELSEWHERE).flat();
    for (const { title, expr } of queries) {
      if (elsewhere.some((name) => expr.includes(name))) continue;
      expect(await prometheus.query(expr), `${title}: ${expr}`).not.toHaveLength(0);
    }
  });

  it('writes summaries without gaps', async () => {
    for (const { annotations } of await prometheus.firing()) {
      expect(annotations.summary).toMatch(/^nats-\w+-\d of vm-[ab] runs without Linkerd's proxy$/);
    }
  });

  it('tells of a link that is cut, from both ends and by the mirror, and is quiet when it is back', async () => {
    await production.hub.nodePorts.cut(LEAF_PORT);
    await fires([...LINK_DOWN]);
    const mirror = 'stream_name="EVENTS",cluster="vm-b"';
    await fires([...LINK_DOWN, 'vm-b NatsMirrorBehind EVENTS', 'vm-b NatsMirrorInactive EVENTS'], 90_000);
    const [lag] = await prometheus.query(`nats_stream_mirror_lag{${mirror}}`);
    expect(lag?.value[1], 'what the mirror claims of itself').toBe('0');
    await production.hub.nodePorts.heal(LEAF_PORT);
    await fires([], 90_000);
  }, 240_000);

  it('tells of a broker that is dead, although the exporter shows its last numbers', async () => {
    const [broker] = production.brokers;
    const nats = broker!.container('nats');
    await nats.kill();
    await fires(['vm-a NatsServerDown nats-broker-0']);
    const stale = await prometheus.query('nats_varz_mem{pod="nats-broker-0"}');
    const up = await prometheus.query('up{pod="nats-broker-0"}');
    expect([stale.length, up[0]?.value[1]]).toEqual([1, '1']);
    await nats.start();
    await fires([], 60_000);
  }, 120_000);

  it('counts how often a stream has lost its leader', async () => {
    const all = scaled(groups).flatMap(({ rules }) => rules);
    const { expr } = all.find((rule) => rule.alert === 'NatsStreamLeaderUnsettled')!;
    const [losses, limit] = expr.split(' > ') as [string, string];
    expect(limit).toBe('6');
    const count = async () => Number((await prometheus.query(losses))[0]?.value[1]);
    const before = await count();
    const leader = await until('the stream is led', () => leaderAmong(production.brokers));
    await leader.container('nats').kill();
    await until('another leads', async () => {
      const led = await prometheus.query(`nats_stream_last_seq{cluster="vm-a",is_stream_leader="true"}`);
      return led.some(({ metric }) => metric.pod !== leader.name);
    });
    await leader.container('nats').start();
    await until('that is counted', async () => (await count()) > before);
    await fires([], 60_000);
  }, 180_000);

  it('tells of a leaf server that is gone with all that was to be scraped', async () => {
    const leaf = production.leaves[0]!;
    await leaf.servers[0]!.kill();
    discover();
    const gone = [...LINK_DOWN, 'vm-b NatsServerDown nats-leaf-0'];
    // Nothing can be said of the proxy of a pod that is not there.
    await until('the alerts of the leaf fire', async () => {
      const now = (await prometheus.firing()).map(told);
      return (
        gone.every((alert) => now.includes(alert)) && !now.includes('vm-b LinkerdPodUnmeshed nats-leaf-0')
      );
    });
    leaf.servers[0] = await leaf.cluster.startPod('nats-leaf-0', leaf.servers[0]);
    discover();
    await fires([], 90_000);
  }, 180_000);

  it('has told of nothing else in all of this', async () => {
    const ever = await prometheus.query(
      'max by (cluster, alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))',
    );
    const names = ever.map(({ metric }) => `${metric.cluster} ${metric.alertname}`).sort();
    expect(names).toEqual([
      'vm-a LinkerdPodUnmeshed',
      'vm-a NatsLeafLinkDown',
      'vm-a NatsServerDown',
      'vm-b LinkerdPodUnmeshed',
      'vm-b NatsLeafLinkDown',
      'vm-b NatsMirrorBehind',
      'vm-b NatsMirrorInactive',
      'vm-b NatsServerDown',
    ]);
  });
});
