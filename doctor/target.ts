import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Issued } from '../certs/read-issued.ts';
import { type KubeClient, KubeError, type KubeObject } from '../kube/kube-client.ts';
import { type Forward, forward } from '../kube/port-forward.ts';
import type { Wanted } from './wanted.ts';

/** One cluster that is looked at: what should be there, and the ways to what is. */
export class Target {
  readonly name: string;
  private readonly forwards = new Map<string, Promise<Forward>>();
  private list: Promise<KubeObject[]> | undefined;

  constructor(
    readonly wanted: Wanted,
    /** Name of the kubeconfig's context. */
    readonly context: string,
    readonly kube: KubeClient,
    readonly issued: Issued | undefined,
    readonly now: Date,
  ) {
    this.name = wanted.cluster.name;
  }

  /** Whether the credentials of a leaf cluster are revoked, so that it has no link and should have none. */
  revoked(leaf: string): boolean {
    return this.issued?.inventory.revoked.includes(leaf) ?? false;
  }

  /** The pods of the namespace that have not ended and are not on their way out. They are asked for once. */
  pods(): Promise<KubeObject[]> {
    this.list ??= this.kube
      .list('v1', 'Pod', this.wanted.namespace)
      .then((pods) =>
        (pods ?? []).filter(({ metadata, status }) => !metadata.deletionTimestamp && !hasEnded(status)),
      );
    return this.list;
  }

  /** Names of the nats-servers' pods that run. */
  async servers(): Promise<string[]> {
    const running = (await this.pods()).filter(({ status }) => status?.phase === 'Running');
    const names = new Set(running.map(({ metadata }) => metadata.name));
    return this.wanted.server.pods.filter((pod) => names.has(pod));
  }

  /** Does something with a port of this machine that leads to a pod's, and names the cluster's reason if that fails. */
  async through<T>(pod: string, port: number, use: (port: number) => Promise<T>): Promise<T> {
    const key = `${pod}:${port}`;
    const opened = this.forwards.get(key) ?? forward(this.kube.config, this.wanted.namespace, pod, port);
    this.forwards.set(key, opened);
    const way = await opened;
    try {
      return await use(way.port);
    } catch (error) {
      throw way.failure ?? error;
    }
  }

  /** A page of a nats-server's monitoring port, such as `leafz`. */
  // biome-ignore lint/suspicious/noExplicitAny: each check knows its page.
  monitor(pod: string, page: string): Promise<any> {
    const port = Number(this.wanted.server.conf.http_port);
    const what = `${pod}'s monitoring port`;
    return this.through(pod, port, (local) =>
      fetched(`http://127.0.0.1:${local}/${page}`, what, this.kube.patience),
    );
  }

  /** Ends all ways to its pods. */
  async close() {
    const opened = [...this.forwards.values()];
    this.forwards.clear();
    for (const way of await Promise.allSettled(opened)) if (way.status === 'fulfilled') way.value.close();
  }
}

/** As a pod that was evicted, or whose node was shut down; a replacement runs, and this one waits for its collection. */
const hasEnded = (status: KubeObject['status']) => ['Failed', 'Succeeded'].includes(status?.phase);

async function fetched(url: string, what: string, patience: number): Promise<unknown> {
  const signal = AbortSignal.timeout(patience);
  try {
    return await new Promise((resolve, reject) => {
      get(url, { signal, agent: false }, (response) => json(response).then(resolve, reject)).on(
        'error',
        reject,
      );
    });
  } catch (error) {
    const cause = signal.aborted
      ? `did not answer within ${patience / 1000} s`
      : `failed (${(error as Error).message})`;
    throw new KubeError(`${what} ${cause}`);
  }
}
