import type { ImagesModel } from '../../model/images.ts';
import type { Monitoring } from '../../model/monitoring.ts';
import type { PodOptions } from '../../model/pod-options.ts';
import { METRICS, MONITOR, type ServerPort } from '../nats/server-ports.ts';
import { script } from '../scripts/read-script.ts';
import type * as k8s from './k8s.ts';
import { EXPORTER_RESOURCES, goMemoryLimit, resourceRequirements } from './resources.ts';
import { container } from './workload.ts';

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
export function exporter(
  monitoring: Monitoring['kind'] | undefined,
  images: ImagesModel,
  { exporterResources: resources = EXPORTER_RESOURCES }: PodOptions,
  jetStream: boolean,
): Exporter {
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
        image: images.exporter,
        command: ['sh', '-c', script('export'), 'exporter', ...flags],
        env: [{ name: 'GOMEMLIMIT', value: goMemoryLimit(resources.limits.memory) }],
        ports: [{ name: METRICS.name, containerPort: METRICS.port, protocol: 'TCP' }],
        resources: resourceRequirements(resources),
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
