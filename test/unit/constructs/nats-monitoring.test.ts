import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  InvalidInput,
  LinkerdNamespace,
  NatsBroker,
  type NatsBrokerProps,
  NatsLeaf,
  NatsMonitoring,
  type NatsMonitoringProps,
} from '../../../constructs/index.ts';
import { alertGroups } from '../../../monitoring/alerts.ts';
import { dashboard } from '../../../monitoring/dashboard.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { PROMETHEUS } from './fixtures.ts';

function brokerIn(app: App, props: Partial<NatsBrokerProps> = {}) {
  const chart = new Chart(app, `workloads-${props.cluster ?? 'vm-a'}`);
  const namespace = new LinkerdNamespace(chart, 'namespace', { scraper: PROMETHEUS });
  const monitoring = 'prometheus-operator';
  return new NatsBroker(chart, 'broker', {
    namespace,
    cluster: 'vm-a',
    address: '1.1.1.1',
    monitoring,
    ...props,
  });
}

type Options = Omit<NatsMonitoringProps, 'server'>;

/** The objects of each chart by the chart's name. */
function charts(props: Options = {}, brokerProps: Partial<NatsBrokerProps> = {}) {
  const app = new App();
  const monitoring = new NatsMonitoring(app, 'monitoring', { server: brokerIn(app, brokerProps), ...props });
  return objectsOf(monitoring);
}
const objectsOf = (monitoring: NatsMonitoring): Record<string, KubeObject[]> =>
  Object.fromEntries(
    monitoring.node.children.map((child) => [child.node.id, (child as Chart).toJson() as KubeObject[]]),
  );

interface PodMonitorSpec {
  readonly selector: unknown;
  readonly podMetricsEndpoints: { readonly port: string; readonly relabelings: unknown[] }[];
}

describe('the PodMonitors', () => {
  const monitors = () =>
    charts().scraping!.map(({ kind, metadata, spec }) => ({
      id: `${kind} ${metadata.namespace}/${metadata.name}`,
      ...(spec as PodMonitorSpec),
    }));

  it('find the exporter of the servers, and the proxy of every pod', () => {
    expect(monitors()).toMatchObject([
      {
        id: 'PodMonitor nats-system/nats-broker',
        selector: { matchLabels: { app: 'nats-broker' } },
        podMetricsEndpoints: [{ port: 'metrics', path: '/metrics', interval: '15s' }],
      },
      {
        id: 'PodMonitor nats-system/linkerd-proxy',
        selector: { matchLabels: {} },
        podMetricsEndpoints: [{ port: 'linkerd-admin', path: '/metrics', interval: '15s' }],
      },
    ]);
  });

  it('say of each series which cluster and workload it is from', () => {
    for (const { podMetricsEndpoints } of monitors()) {
      expect(podMetricsEndpoints[0]?.relabelings).toEqual(
        expect.arrayContaining([
          { action: 'replace', targetLabel: 'cluster', replacement: 'vm-a' },
          { action: 'replace', targetLabel: 'app', sourceLabels: ['__meta_kubernetes_pod_label_app'] },
        ]),
      );
    }
  });
});

describe('the alerts', () => {
  const groups = (objects: Record<string, KubeObject[]>) =>
    (objects.alerts![0]!.spec as { groups: unknown[] }).groups;
  const withoutUndefined = (value: unknown) => JSON.parse(JSON.stringify(value));

  it('are those of a broker that knows its leaves, streams and publishers', () => {
    const props = {
      ...{
        leaves: ['vm-b'],
        streams: [{ name: 'EVENTS', replicas: 3 }],
        publishes: true,
        certManagerCertificates: 2,
      },
      runbook: 'https://wiki/nats',
    };
    const jetStream = { storage: { size: '1Gi' } };
    const expected = alertGroups(
      {
        cluster: 'vm-a',
        namespace: 'nats-system',
        server: 'nats-broker',
        role: 'broker',
        replicas: 3,
        leaves: ['vm-b'],
        otherServers: 0,
        brokerCluster: 'vm-a',
        jetStream: true,
        streams: [{ name: 'EVENTS', replicas: 3 }],
        mirrors: [],
        publishes: true,
        certManagerCertificates: 2,
      },
      'https://wiki/nats',
    );
    expect(groups(charts(props, { replicas: 3, jetStream }))).toEqual(withoutUndefined(expected));
    expect(charts().alerts).toMatchObject([
      { kind: 'PrometheusRule', metadata: { name: 'nats-broker', namespace: 'nats-system' } },
    ]);
  });

  it('are those of a leaf where the broker is elsewhere', () => {
    const app = new App();
    const broker = brokerIn(app).acceptLeaf({ cluster: 'vm-b', networks: ['2.2.2.2/32'] });
    const chart = new Chart(app, 'leaf');
    const namespace = new LinkerdNamespace(chart, 'namespace', { scraper: PROMETHEUS });
    const monitoring = 'prometheus-operator';
    const server = new NatsLeaf(chart, 'leaf', { namespace, cluster: 'vm-b', broker, monitoring });
    const made = new NatsMonitoring(app, 'monitoring', {
      server,
      brokerCluster: 'vm-a',
      mirrors: [{ name: 'EVENTS', replicas: 1 }],
    });
    expect(groups(objectsOf(made))).toEqual(
      withoutUndefined(
        alertGroups({
          cluster: 'vm-b',
          namespace: 'nats-system',
          server: 'nats-leaf',
          role: 'leaf',
          replicas: 1,
          leaves: [],
          otherServers: 0,
          brokerCluster: 'vm-a',
          jetStream: false,
          streams: [],
          mirrors: [{ name: 'EVENTS', replicas: 1 }],
          publishes: false,
          certManagerCertificates: 0,
        }),
      ),
    );
  });
});

it('brings the dashboard to Grafana, under the label that its sidecar looks for', () => {
  const [configMap] = charts().dashboard!;
  expect(configMap).toMatchObject({
    kind: 'ConfigMap',
    metadata: { name: 'nats-dashboard', namespace: 'nats-system', labels: { grafana_dashboard: '1' } },
  });
  expect(JSON.parse(configMap?.data?.['nats.json'] ?? '')).toEqual(dashboard());
});

it('labels what the operator and Grafana select as they are told to', () => {
  const all = charts({ labels: { release: 'prom' }, dashboardLabels: { board: 'yes' } });
  const labels = Object.values(all).flatMap((objects) => objects.map(({ metadata }) => metadata.labels));
  expect(labels).toEqual([{ release: 'prom' }, { release: 'prom' }, { release: 'prom' }, { board: 'yes' }]);
});

it.each<[string, Options, Partial<NatsBrokerProps>]>([
  [
    "NatsMonitoring `server`: the Prometheus Operator cannot scrape nats-broker; make it with `monitoring: 'prometheus-operator'`.",
    {},
    { monitoring: 'annotations' },
  ],
  [
    'NatsMonitoring `labels`: "a b" is not the name of a label; use for example release.',
    { labels: { 'a b': 'c' } },
    {},
  ],
  [
    'NatsMonitoring `runbook`: "docs/operations.md" is not the address of a page; use for example https://wiki.example.com/nats/operations.',
    { runbook: 'docs/operations.md' },
    {},
  ],
])('refuses what cannot work: %s', (message, props, brokerProps) => {
  expect(() => charts(props, brokerProps)).toThrow(new InvalidInput(message));
});
