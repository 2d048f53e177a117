import type { ClusterView } from './cluster-view.ts';
import { type Service, selects } from './objects.ts';
import { at } from './read-conf.ts';
import type { Remote, WorkloadView } from './workloads.ts';

/** A port of a workload, and how it was come to. */
export interface Target {
  readonly cluster: ClusterView;
  readonly workload: WorkloadView;
  readonly port: number;
  readonly service: Service;
  /** `mesh`: as a Service of the caller's own cluster; `gateway`: as one that Linkerd mirrors there. */
  readonly through: 'mesh' | 'gateway' | 'node port';
}

/** What a Service name and port lead to, for pods of the same cluster. A pod's own name leads there as well. */
export function withinCluster(cluster: ClusterView, host: string, port: number): Target | undefined {
  const service = cluster.services.find(({ name, namespace }) => {
    const full = `${name}.${namespace}.svc.cluster.local`;
    return host === full || host.endsWith(`.${full}`);
  });
  return service && served(cluster, service, port, 'mesh');
}

/** Where leaves can be let in from outside, by what they dial. Made once, because leaves may be a thousand. */
export class LeafTargets {
  private readonly advertised = new Map<string, Target>();
  private readonly mirrored: Target[] = [];

  constructor(clusters: readonly ClusterView[]) {
    for (const cluster of clusters) {
      for (const workload of cluster.workloads) this.add(cluster, workload);
    }
  }

  /** @throws Error if a leaf dials what no cluster offers */
  find({ host, port }: Remote): Target {
    const mirror = this.mirrored.find(
      ({ service, port: served }) =>
        served === port &&
        host.startsWith(`${service.name}-`) &&
        host.endsWith(`.${service.namespace}.svc.cluster.local`),
    );
    const target = this.advertised.get(normal(`${host}:${port}`)) ?? mirror;
    if (!target) throw new Error(`A leaf dials ${host}:${port}, which no cluster of the topology offers.`);
    return target;
  }

  private add(cluster: ClusterView, workload: WorkloadView): void {
    const port = at(workload.conf, 'leafnodes', 'port');
    const advertised = String(at(workload.conf, 'leafnodes', 'advertise'));
    if (typeof port !== 'number') return;
    const services = cluster.services.filter(({ selector }) => selects(selector, workload.labels));
    for (const service of services) {
      const { nodePort } = service.ports.find((candidate) => candidate.port === port) ?? {};
      if (nodePort !== undefined && advertised.endsWith(`:${nodePort}`)) {
        this.advertised.set(normal(advertised), { cluster, workload, port, service, through: 'node port' });
      }
      if (service.exported) this.mirrored.push({ cluster, workload, port, service, through: 'gateway' });
    }
  }
}

/** One of the ways to write an address and port. */
const normal = (text: string) => new URL(`nats://${text}`).host;

function served(
  cluster: ClusterView,
  service: Service,
  port: number,
  through: Target['through'],
): Target | undefined {
  const workload = cluster.workloads.find(({ labels }) => selects(service.selector, labels));
  const known = service.ports.some((candidate) => candidate.port === port);
  return workload && known ? { cluster, workload, port, service, through } : undefined;
}
