import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { Monitoring } from '../model/monitoring.ts';
import { METRICS, MONITOR, type ServerPort } from './server-ports.ts';
import { container, goMemoryLimit } from './workload.ts';

const IMAGE = 'natsio/prometheus-nats-exporter:0.20.2';

const MEMORY = '128Mi';

/**
 * A pod whose container has ended is not ready, and then nobody reaches its server either. So the container stays, and
 * has the exporter start again.
 */
const RUN = `
while :; do
  prometheus-nats-exporter "$@"
  echo "the exporter ended with $?; starting it again" >&2
  sleep 5
done
`.trim();

/** What makes a server's metrics readable, as its pod has it. */
export interface Exporter {
  readonly ports: readonly ServerPort[];
  readonly containers: readonly k8s.Container[];
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The exporter beside a server, which turns what the server tells at its monitoring port into metrics. It has no probe:
 * a server is as ready and as alive without it.
 * @see https://github.com/nats-io/prometheus-nats-exporter
 */
export function exporter(monitoring: Monitoring['kind'] | undefined, jetStream: boolean): Exporter {
  if (monitoring === undefined) return { ports: [], containers: [], annotations: {} };
  const flags = [
    `-port=${METRICS.port}`,
    '-prefix=nats',
    // The server's id is another one after each restart.
    '-use_internal_server_name',
    // Seconds until it asks again for the name of a server that is still starting.
    '-ri=5',
    ...['varz', 'connz', 'routez', 'subz', 'leafz', 'healthz'].map((endpoint) => `-${endpoint}`),
    ...(jetStream ? ['-jsz=all'] : []),
    `http://127.0.0.1:${MONITOR.port}`,
  ];
  return {
    ports: [METRICS],
    containers: [
      container({
        name: 'exporter',
        image: IMAGE,
        command: ['sh', '-c', RUN, 'exporter', ...flags],
        env: [{ name: 'GOMEMLIMIT', value: goMemoryLimit(MEMORY) }],
        ports: [{ name: METRICS.name, containerPort: METRICS.port, protocol: 'TCP' }],
        resources: {
          requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('32Mi') },
          limits: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString(MEMORY) },
        },
      }),
    ],
    annotations: monitoring === 'annotations' ? SCRAPED : {},
  };
}

/**
 * What the scrape jobs of the Prometheus chart look for.
 * @see https://github.com/prometheus-community/helm-charts/tree/main/charts/prometheus
 */
const SCRAPED = {
  'prometheus.io/scrape': 'true',
  'prometheus.io/scheme': 'http',
  'prometheus.io/port': String(METRICS.port),
  'prometheus.io/path': '/metrics',
};
