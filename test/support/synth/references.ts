import type { ContainerSpec, KubeObject, PodSpec, Source, WorkloadSpec } from '../manifest.ts';

/** StatefulSets and Deployments, with their pods. */
export interface PodOwner {
  readonly object: KubeObject;
  readonly spec: WorkloadSpec;
  readonly pod: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

export const podOwners = (objects: readonly KubeObject[]): PodOwner[] =>
  objects
    .filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')
    .map((object) => {
      const spec = object.spec as WorkloadSpec;
      return { object, spec, pod: spec.template.spec, labels: spec.template.metadata?.labels ?? {} };
    });

/** What a pod takes from a Secret or ConfigMap; `key` is absent where it mounts all of it. */
export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key?: string;
}

export function references(pod: PodSpec): Reference[] {
  const mounted = (pod.volumes ?? [])
    .flatMap(({ projected, ...volume }) => projected?.sources ?? [volume])
    .flatMap(({ secret, configMap }) => [
      ...fromSource('Secret', secret),
      ...fromSource('ConfigMap', configMap),
    ]);
  const variables = pod.containers.flatMap(({ env = [] }) =>
    env.flatMap(({ valueFrom }): Reference[] => [
      ...(valueFrom?.secretKeyRef ? [{ kind: 'Secret' as const, ...valueFrom.secretKeyRef }] : []),
      ...(valueFrom?.configMapKeyRef ? [{ kind: 'ConfigMap' as const, ...valueFrom.configMapKeyRef }] : []),
    ]),
  );
  return [...mounted, ...variables];
}

const fromSource = (kind: Reference['kind'], source: Source | undefined): Reference[] =>
  source ? [{ kind, name: source.secretName ?? source.name ?? '' }] : [];

/** Paths of the files that a container has from Secrets. @param keys - of each Secret */
export const secretFiles = (
  pod: PodSpec,
  container: ContainerSpec,
  keys: ReadonlyMap<string, readonly string[]>,
): Set<string> =>
  new Set(
    (container.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
      const volume = pod.volumes?.find((each) => each.name === name);
      const sources = volume?.projected?.sources ?? (volume ? [volume] : []);
      return sources.flatMap(({ secret }) => {
        const held = keys.get(secret?.secretName ?? secret?.name ?? '') ?? [];
        const wanted = secret?.items?.map(({ key }) => key) ?? held;
        return wanted.filter((key) => held.includes(key)).map((key) => `${mountPath}/${key}`);
      });
    }),
  );

/** Numbers and names of the ports that a pod's containers listen on. */
export const portsOf = (pod: PodSpec): (string | number)[] =>
  pod.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ name, containerPort }) => (name ? [name, containerPort] : [containerPort])),
  );

/** Whether a label selector, by `matchLabels` only, takes a pod. No labels take every pod. */
export const selects = (selector: object | undefined, labels: Readonly<Record<string, string>>) => {
  const matchLabels = (selector as { matchLabels?: Record<string, string> })?.matchLabels ?? {};
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
};
