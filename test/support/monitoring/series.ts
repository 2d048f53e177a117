import type { MonitoredCluster } from '../../../monitoring/monitored-cluster.ts';
import { clusters, hub, mirror, office, shop, site } from './clusters.ts';

/** Series and their values, one a minute, both in the notation of `promtool test rules`. */
export type Series = Readonly<Record<string, string>>;

export const DAY = 86_400;
export const GB = 1e9;

/** Three hours. */
export const ALWAYS = 'x180';

/** A series that vanishes after an hour, as one does whose target can no longer be scraped. */
export const until60 = (value: string | number) => `${value}x60 stale`;

/** A series that begins after an hour. */
export const from61 = (value: string | number) => `_x60 ${value}x120`;

/** A series that another one takes the place of after an hour. */
export const turns = (before: string | number, after: string | number) => `${before}x60 ${after}x120`;

/** Name and labels of a series of one server. */
export const of = (c: MonitoredCluster, pod: number, metric: string, ...labels: readonly string[]) =>
  `${metric}{${[
    `cluster="${c.cluster}"`,
    `namespace="${c.namespace}"`,
    `app="${c.server}"`,
    `pod="${c.server}-${pod}"`,
    ...labels,
  ].join(',')}}`;

export const health = (c: MonitoredCluster, pod: number, value = 'ok') =>
  of(c, pod, 'nats_healthz_status_value', `value="${value}"`);

export const link = (c: MonitoredCluster, pod: number, name: string) =>
  of(c, pod, 'nats_leafz_info', `name="${name}"`);

const EVENTS = 'stream_name="EVENTS"';

/** A series of stream or mirror EVENTS, as its leader has it, or another server. */
export const stream = (c: MonitoredCluster, pod: number, metric: string, leader = 'true') =>
  of(c, pod, `nats_stream_${metric}`, EVENTS, `is_stream_leader="${leader}"`);

/** A series of the consumer that a subscriber of EVENTS reads. */
export const consumer = (c: MonitoredCluster, metric: string, leader = 'true') =>
  of(c, 0, `nats_consumer_${metric}`, EVENTS, 'consumer_name="subscriber"', `is_consumer_leader="${leader}"`);

export const proxy = (c: MonitoredCluster, pod: number) =>
  of(c, pod, 'control_identity_cert_expiration_timestamp_seconds');

export const certificate = (c: MonitoredCluster, kind: string, name: string) =>
  `nats_mtls_certificate_expiration_timestamp_seconds{cluster="${c.cluster}",kind="${kind}",name="${name}"}`;

export const issuer = (c: MonitoredCluster) => `issuer_cert_ttl_seconds{cluster="${c.cluster}"}`;

/**
 * A series of a Certificate as cert-manager shows it: of the hub's with the namespace that is left where a pod is scraped
 * that has one itself, of others' as cert-manager says it.
 */
export const certManager = (
  c: MonitoredCluster,
  name: string,
  metric: string,
  ...labels: readonly string[]
) =>
  `certmanager_certificate_${metric}{${[
    `cluster="${c.cluster}"`,
    ...(c === hub
      ? [`exported_namespace="${c.namespace}"`, 'namespace="cert-manager"']
      : [`namespace="${c.namespace}"`]),
    ...[
      'issuer_group="cert-manager.io"',
      'issuer_kind="Issuer"',
      'issuer_name="nats-issuer"',
      `name="${name}"`,
    ],
    ...labels,
  ].join(',')}}`;

export const isReady = (c: MonitoredCluster, name: string) =>
  certManager(c, name, 'ready_status', 'condition="True"');

/** A certificate of which cert-manager says when it ends and when it is to be renewed. */
export const renewedAt = (c: MonitoredCluster, name: string, renewal: string, end: string): Series => ({
  [certManager(c, name, 'renewal_timestamp_seconds')]: renewal,
  [certManager(c, name, 'expiration_timestamp_seconds')]: end,
});

const made = (c: MonitoredCluster, name: string): Series => ({
  [isReady(c, name)]: `1${ALWAYS}`,
  [certManager(c, name, 'ready_status', 'condition="False"')]: `0${ALWAYS}`,
  ...renewedAt(c, name, `${60 * DAY}${ALWAYS}`, `${90 * DAY}${ALWAYS}`),
});

/** All series of a server that is well and has one link. */
function server(c: MonitoredCluster, pod: number, linked?: string): Series {
  return {
    [health(c, pod)]: `1${ALWAYS}`,
    ...(linked && { [link(c, pod, linked)]: `1${ALWAYS}` }),
    [of(c, pod, 'nats_varz_slow_consumers')]: `0${ALWAYS}`,
    [of(c, pod, 'nats_varz_in_client_msgs')]: `0+60${ALWAYS}`,
    [proxy(c, pod)]: `${DAY}${ALWAYS}`,
    ...(c.jetStream && {
      [of(c, pod, 'nats_server_jetstream_disabled')]: `0${ALWAYS}`,
      [of(c, pod, 'nats_varz_jetstream_stats_storage')]: `${GB}${ALWAYS}`,
      [of(c, pod, 'nats_varz_jetstream_config_max_storage')]: `${9 * GB}${ALWAYS}`,
      [stream(c, pod, 'last_seq')]: `0+60${ALWAYS}`,
      [stream(c, pod, 'total_bytes')]: `${GB}${ALWAYS}`,
      [stream(c, pod, 'limit_bytes')]: `${8 * GB}${ALWAYS}`,
    }),
  };
}

function certificates(c: MonitoredCluster): Series {
  return {
    [certificate(c, 'nats', `${c.cluster}.${c.server}`)]: `${300 * DAY}${ALWAYS}`,
    [certificate(c, 'issuer', `${c.cluster}-issuer`)]: `${300 * DAY}${ALWAYS}`,
    [certificate(c, 'anchor', 'ca')]: `${3000 * DAY}${ALWAYS}`,
    [issuer(c)]: `${300 * DAY}${ALWAYS}`,
  };
}

/** Every series while all is well: a message a second, on every server from the first minute. */
export const healthy: Series = {
  ...server(hub, 0, 'vm-b-nats-leaf-0'),
  ...server(hub, 1, 'vm-c-nats-leaf-0'),
  ...server(hub, 2),
  ...server(mirror, 0, 'vm-a-nats-broker-0'),
  [stream(mirror, 0, 'mirror_lag')]: `0${ALWAYS}`,
  [stream(mirror, 0, 'mirror_active_duration_ns')]: `4e8${ALWAYS}`,
  [consumer(mirror, 'num_pending')]: `0${ALWAYS}`,
  [consumer(mirror, 'num_ack_pending')]: `0${ALWAYS}`,
  ...server(office, 0, 'shop-nats-leaf-0'),
  ...server(shop, 0, 'office-nats-broker-0'),
  ...server(site, 0),
  [of(site, 0, 'nats_varz_routes')]: `8${ALWAYS}`,
  ...Object.assign({}, ...clusters.map(certificates)),
  ...made(hub, 'nats-broker-tls'),
  ...made(hub, 'nats-publisher-tls'),
  ...made(shop, 'nats-leaf-tls'),
};

/** The healthy series of one server, changed. */
export function changed(c: MonitoredCluster, pod: number, change: (values: string) => string): Series {
  const own = of(c, pod, '').slice(0, -1);
  const isOwn = (series: string) => series.slice(series.indexOf('{')).startsWith(own);
  return Object.fromEntries(
    Object.entries(healthy)
      .filter(([series]) => isOwn(series))
      .map(([series, values]) => [series, change(values)]),
  );
}

/** Some minutes of a series that are left out, with what comes before and after as it was. */
export const without = (from: number, to: number) => (values: string) => {
  const [, start, step = '', length] = /^(-?[\d.e]+)(\+\d+)?x(\d+)$/.exec(values) ?? [];
  const at = (minute: number) => Number(start) + Number(step) * minute;
  const before = from > 0 ? `${start}${step}x${from - 1} stale ` : '_ ';
  const away = to - from - 2 >= 0 ? `_x${to - from - 1} ` : '';
  return `${before}${away}${at(to)}${step}x${Number(length) - to}`;
};
