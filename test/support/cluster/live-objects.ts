import type { KubeObject } from '../manifest.ts';
import type { Pod } from '../stage/pod.ts';
import type { ApiClient, ApiObject } from './api-client.ts';
import { type Injection, injected, withProxy } from './injected-pod.ts';
import { claims, podObject } from './pod-object.ts';
import { podStatus } from './pod-status.ts';
import { countPods, ownerOf } from './workload-objects.ts';

interface Known {
  readonly pod: Pod;
  readonly object: ApiObject;
  readonly injection: Injection | undefined;
  /** What the API was told last. */
  status: string;
  ready: boolean;
}

/** The objects of the API that say which pods run, kept in line with the pods in the place of the controllers. */
export class LiveObjects {
  /** How pods that are made from now on are injected. @default - not at all */
  injection?: Injection;
  private readonly known = new Map<string, Known>();
  private readonly workloads = new Map<string, KubeObject>();
  private readonly counted = new Map<string, string>();

  constructor(
    private readonly api: ApiClient,
    private readonly node: string,
  ) {}

  /** Whether the API was told of every pod that it is ready. */
  get ready(): boolean {
    return [...this.known.values()].every(({ ready }) => ready);
  }

  /** Tells the API what has changed. A pod that does not run any more has no object, as if it had been deleted. */
  async report(pods: readonly Pod[]) {
    for (const [name, { pod, object }] of this.known) {
      if (pods.includes(pod)) continue;
      await this.api.remove(object);
      this.known.delete(name);
    }
    await Promise.all(pods.map((pod) => this.reportPod(pod)));
    for (const [key, workload] of this.workloads) await this.reportWorkload(key, workload);
  }

  private async reportPod(pod: Pod) {
    const known = this.known.get(pod.name) ?? (await this.create(pod));
    const own = await podStatus(pod);
    const status = known.injection ? withProxy(own, known.injection) : own;
    const text = JSON.stringify(status);
    if (text === known.status) return;
    await this.api.applyStatus(known.object, status);
    known.status = text;
    known.ready = own.containerStatuses.every(({ ready }) => ready);
  }

  private async create(pod: Pod): Promise<Known> {
    const { injection } = this;
    const { workload } = pod.props;
    const owner = await ownerOf(workload, this.api);
    const object = podObject(pod, owner, this.node);
    for (const { claim } of claims(pod)) {
      await this.api.apply(claim);
      await this.api.applyStatus(claim, { phase: 'Bound' });
    }
    await this.api.apply(injection ? injected(object, workload, injection) : object);
    const known = { pod, object, injection, status: '', ready: false };
    this.known.set(pod.name, known);
    this.workloads.set(`${workload.kind}/${workload.metadata.name}`, workload);
    return known;
  }

  private async reportWorkload(key: string, workload: KubeObject) {
    const own = [...this.known.values()].filter(({ pod }) => pod.props.workload === workload);
    const counts = { replicas: own.length, ready: own.filter(({ ready }) => ready).length };
    const text = JSON.stringify(counts);
    if (this.counted.get(key) === text) return;
    await countPods(workload, counts, this.api);
    this.counted.set(key, text);
  }
}
