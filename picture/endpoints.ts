import { at } from '../constructs/nats/read-conf.ts';
import type { Exposure } from '../model/listener.ts';
import type { ClusterView } from './cluster-view.ts';
import { type Service, selects } from './objects.ts';
import type { Address, WorkloadView } from './workloads.ts';

/** A port of a workload, and how it was come to. */
export interface Target {
  readonly cluster: ClusterView;
  readonly workload: WorkloadView;
  readonly port: number;
  readonly service: Service;
  /** `mesh`: as a Service of the caller's own cluster; `gateway`: as one that Linkerd mirrors there; or from outside. */
  readonly through: 'mesh' | 'gateway' | Exposure;
}

/** What a Service name and port lead to, for pods of the same cluster. A pod's own name leads there as well. */
export function withinCluster(cluster: ClusterView, host: string, port: number): Target | undefined {
  const service = cluster.services.find(({ name, namespace }) => {
    const full = `${name}.${namespace}.svc.cluster.local`;
    return host === full || host.endsWith(`.${full}`);
  });
  return service && served(cluster, service, port, 'mesh');
}

/** Addresses that lead to one target, as the caller dials them. */
export interface Dialled {
  readonly target: Target;
  readonly addresses: readonly Address[];
}

/** Where leaves and other sites are let in from outside, by what they dial. Made once, because leaves may be a thousand. */
export class OutsideTargets {
  private readonly advertised = new Map<string, Target>();
  private readonly mirrored: Target[] = [];

  constructor(clusters: readonly ClusterView[]) {
    for (const cluster of clusters) {
      for (const workload of cluster.workloads) this.add(cluster, workload);
    }
  }

  /**
   * Where addresses lead. Of those of one cluster, it advertises the first; what follows up to the next are more of its.
   * @throws Error if no cluster offers any of them
   */
  find(addresses: readonly Address[]): Dialled[] {
    const found: { target: Target; addresses: Address[] }[] = [];
    const unknown: Address[] = [];
    for (const address of addresses) {
      const target = this.at(address);
      if (target) found.push({ target, addresses: [...unknown.splice(0), address] });
      else (found.at(-1)?.addresses ?? unknown).push(address);
    }
    if (found.length > 0) return found;
    const dialled = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
    throw new Error(`A server dials ${dialled}, which no cluster of the topology offers.`);
  }

  private at({ host, port }: Address): Target | undefined {
    const mirror = this.mirrored.find(
      ({ service, port: served }) =>
        served === port &&
        host.startsWith(`${service.name}-`) &&
        host.endsWith(`.${service.namespace}.svc.cluster.local`),
    );
    return this.advertised.get(normal(`${host}:${port}`)) ?? mirror;
  }

  private add(cluster: ClusterView, workload: WorkloadView): void {
    this.addListener(cluster, workload, 'leafnodes');
    this.addListener(cluster, workload, 'cluster');
  }

  private addListener(cluster: ClusterView, workload: WorkloadView, listener: 'leafnodes' | 'cluster'): void {
    const port = at(workload.conf, listener, 'port');
    const advertised = String(at(workload.conf, listener, 'advertise'));
    if (typeof port !== 'number') return;
    const host = advertised.slice(0, advertised.lastIndexOf(':'));
    const services = cluster.services.filter(({ selector }) => selects(selector, workload.labels));
    for (const service of services) {
      const { exposure } = service.ports.find(({ target }) => target === port) ?? {};
      // Each server of a site has a port of its own, of which they advertise the first.
      if (exposure && (listener === 'cluster' || advertised.endsWith(`:${exposure.port}`))) {
        const address = normal(`${host}:${exposure.port}`);
        this.advertised.set(address, { cluster, workload, port, service, through: exposure });
      }
      if (service.exported && listener === 'leafnodes')
        this.mirrored.push({ cluster, workload, port, service, through: 'gateway' });
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
  const open = service.ports.find((candidate) => candidate.port === port);
  return workload && open ? { cluster, workload, port: open.target, service, through } : undefined;
}
