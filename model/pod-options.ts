/** What an operator says of pods: where they run, what they are called, and what the containers beside the first may use. */
import type { Affinity } from './affinity.ts';
import type { Resources } from './resources.ts';

/** Where pods run, their labels and annotations, and the resources of the containers beside the first one. */
export interface PodOptions {
  /** Labels that a node must have. @default - any node */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints of nodes that do not keep the pods away. @default - none */
  readonly tolerations?: readonly Toleration[];
  /** Rules about nodes and other pods, as Kubernetes has them. @default - none */
  readonly affinity?: Affinity;
  /** Name of a PriorityClass of the cluster. @default - the cluster's default */
  readonly priorityClassName?: string;
  /** How servers that share the work are spread. @default { hosts: 'preferred' } */
  readonly spread?: Spread;
  /** Further labels. Those of the manifests, of Linkerd and of Kubernetes' controllers are refused. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Further annotations. Those that say what Linkerd encrypts or admits are refused. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Resources of Linkerd's proxy. @default - 50m / 64Mi, at most 128Mi and 100m, or as much CPU as its server */
  readonly proxyResources?: Resources;
  /** Resources of a server's config reloader. @default - 5m / 16Mi requested, 50m / 32Mi at most */
  readonly reloaderResources?: Resources;
  /** Resources of the exporter next to a monitored server. @default - 10m / 32Mi requested, 100m / 128Mi at most */
  readonly exporterResources?: Resources;
}

/** A taint that does not keep a pod away. */
export interface Toleration {
  /** Name of the taint. @default - every taint, with `operator: 'Exists'` */
  readonly key?: string;
  /** Whether the taint's value must be the same, or may be any. @default 'Equal' */
  readonly operator?: 'Equal' | 'Exists';
  /** Value of the taint, for `Equal`. @default - an empty value */
  readonly value?: string;
  /** What the taint does. @default - each of the three */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** Seconds until a `NoExecute` taint evicts the pod after all. @default - it stays */
  readonly tolerationSeconds?: number;
}

/**
 * `preferred`: pods share a host or zone where there are too few. `required`: each pod has one of its own, and waits
 * while there is none.
 */
export interface Spread {
  /** Over nodes. @default 'preferred' */
  readonly hosts?: 'preferred' | 'required';
  /** Over zones, by the nodes' label `topology.kubernetes.io/zone`. @default - not spread over zones */
  readonly zones?: 'preferred' | 'required';
}

/** The options of some pods of a cluster: each property that they have of their own takes the place of the cluster's. */
export const podsModel = (all: PodOptions = {}, own: PodOptions = {}): PodsModel =>
  ({ ...all, ...own }) as PodsModel;

/** The same options for who reads them: `undefined` where nothing is said. */
export type PodsModel = Settled<PodOptions>;

type Settled<T> = T extends readonly (infer Item)[]
  ? readonly Settled<Item>[]
  : T extends object
    ? { readonly [Key in keyof Required<T>]: Settled<T[Key]> }
    : T;
