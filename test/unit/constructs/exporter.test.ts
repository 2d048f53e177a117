import { describe, expect, it } from 'vitest';
import { InvalidInput, NatsBroker, type NatsBrokerProps, type Scraper } from '../../../constructs/index.ts';
import type { ContainerSpec, ServiceSpec } from '../../support/manifest.ts';
import { cluster, listing, manifest, object, PROMETHEUS, rules, template } from './fixtures.ts';

function chartWith(props: Partial<NatsBrokerProps> = {}, scraper: Scraper | undefined = PROMETHEUS) {
  const { chart, namespace } = cluster({ scraper });
  const monitoring = 'prometheus-operator';
  new NatsBroker(chart, 'broker', { namespace, cluster: 'vm-a', address: '1.1.1.1', monitoring, ...props });
  return chart;
}
const podOf = (...args: Parameters<typeof chartWith>) =>
  template(chartWith(...args), 'StatefulSet', 'nats-broker');
const exporterOf = (...args: Parameters<typeof chartWith>) =>
  podOf(...args).spec.containers.find(({ name }) => name === 'exporter') as ContainerSpec;

const OFF = { monitoring: undefined };

it('is not there unless somebody asks for it', () => {
  expect(exporterOf(OFF)).toBeUndefined();
  expect(manifest(chartWith(OFF))).not.toContain('7777');
});

describe('beside a server', () => {
  it('reads what the server tells, and calls it by the name that it keeps', () => {
    const flags = exporterOf().command?.slice(4);
    expect(flags).toEqual([
      '-port=7777',
      '-prefix=nats',
      '-use_internal_server_name',
      '-ri=5',
      '-varz',
      '-connz',
      '-routez',
      '-subz',
      '-leafz',
      '-healthz',
      'http://127.0.0.1:8222',
    ]);
  });

  it('reads of streams and consumers where there are some', () => {
    expect(exporterOf().command).not.toContain('-jsz=all');
    expect(exporterOf({ jetStream: { storage: { size: '1Gi' } } }).command).toContain('-jsz=all');
  });

  it('changes nothing about the server and its reloader', () => {
    const { containers: alone, ...rest } = podOf(OFF).spec;
    const { containers, ...same } = podOf().spec;
    expect(containers.slice(0, alone.length)).toEqual(alone);
    expect(containers).toHaveLength(alone.length + 1);
    expect(same).toEqual(rest);
  });

  it('has no probe by which a pod could fail, and neither files nor secrets', () => {
    const fields = ['readinessProbe', 'livenessProbe', 'startupProbe', 'lifecycle', 'volumeMounts'];
    expect(Object.keys(exporterOf()).filter((key) => fields.includes(key))).toEqual([]);
    expect(exporterOf().env).toEqual([
      { name: 'GOMEMLIMIT', value: String(Math.floor(128 * 2 ** 20 * 0.8)) },
    ]);
  });

  it('is on no Service, because Prometheus asks each pod', () => {
    const services = ['nats-broker', 'nats-broker-headless', 'nats-broker-external'];
    const ports = services.flatMap(
      (name) => (object(chartWith(), 'Service', name).spec as ServiceSpec).ports,
    );
    expect(ports.map((port) => port?.port)).not.toContain(7777);
  });
});

describe('its port', () => {
  it('is HTTP to Linkerd, which admits the scraper and nobody else', () => {
    const chart = chartWith();
    expect(object(chart, 'Server', 'nats-broker-metrics').spec).toEqual({
      accessPolicy: 'deny',
      podSelector: { matchLabels: { app: 'nats-broker' } },
      port: 7777,
      proxyProtocol: 'HTTP/1',
    });
    expect(object(chart, 'MeshTLSAuthentication', 'nats-broker-metrics-mesh').spec).toEqual({
      identityRefs: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'monitoring' }],
    });
    expect(listing(chart).filter((name) => name.includes('nats-broker-metrics'))).toEqual([
      'Server/nats-broker-metrics',
      'MeshTLSAuthentication/nats-broker-metrics-mesh',
      'AuthorizationPolicy/nats-broker-metrics-mesh',
    ]);
    expect(podOf().metadata?.annotations).toHaveProperty(['config.linkerd.io/opaque-ports'], '4222,7422');
  });

  it("is open to the scraper's namespace", () => {
    expect(rules(chartWith(), 'nats-broker', 'ingress')).toContainEqual({
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      ports: [{ protocol: 'TCP', port: 4143 }],
    });
  });

  it('is open to the networks of a scraper outside the mesh', () => {
    const chart = chartWith({}, { networks: ['203.0.113.7/32'] });
    expect(object(chart, 'NetworkAuthentication', 'nats-broker-metrics-networks').spec).toEqual({
      networks: [{ cidr: '203.0.113.7/32' }],
    });
    expect(rules(chart, 'nats-broker', 'ingress')).toContainEqual({
      from: [{ ipBlock: { cidr: '203.0.113.7/32' } }],
      ports: [{ protocol: 'TCP', port: 7777 }],
    });
  });

  it('is refused where nobody may read it', () => {
    const { chart, namespace } = cluster();
    const props = { namespace, cluster: 'vm-a', address: '1.1.1.1', monitoring: 'annotations' } as const;
    expect(() => new NatsBroker(chart, 'broker', props)).toThrow(
      new InvalidInput(
        'NatsBroker `monitoring`: nobody may read the metrics; name the `scraper` of the LinkerdNamespace.',
      ),
    );
  });
});

it('is found by annotations where there is no operator, and only there', () => {
  const annotations = (monitoring: NatsBrokerProps['monitoring']) =>
    Object.entries(podOf({ monitoring }).metadata?.annotations ?? {}).filter(([key]) =>
      key.startsWith('prometheus.io/'),
    );
  expect(annotations('annotations')).toEqual([
    ['prometheus.io/path', '/metrics'],
    ['prometheus.io/port', '7777'],
    ['prometheus.io/scheme', 'http'],
    ['prometheus.io/scrape', 'true'],
  ]);
  expect(annotations('prometheus-operator')).toEqual([]);
});
