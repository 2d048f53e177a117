import { isDeepStrictEqual } from 'node:util';
import type { PodSpec } from '../../constructs/kubernetes/k8s.ts';
import { isOfMesh } from '../../model/rules/check-pods.ts';
import type { Manifest } from '../../picture/objects.ts';
import { kept, type ManifestPromise, only } from './objects.ts';

interface PodTemplate {
  readonly metadata?: Partial<Manifest['metadata']>;
  readonly spec?: PodSpec;
}

/** What an object makes pods of, if it makes any. */
export const podTemplate = ({ kind, metadata, spec }: Manifest): PodTemplate | undefined => {
  if (kind === 'Pod') return { metadata, spec };
  return kind === 'CronJob' ? spec.jobTemplate.spec.template : spec?.template;
};

/** Lists of a pod and of its containers by what tells their entries apart. */
const POD_LISTS = { volumes: 'name' } as const;
const CONTAINER_LISTS = { env: 'name', volumeMounts: 'mountPath', ports: 'containerPort' } as const;

const ADD = 'more may be added, and what was made stays as it is';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A pod runs what synth wrote for it, as the service account that policies name, with the labels that they select, in the
 * mesh: more may be added beside.
 */
export const pods: ManifestPromise = (before, after) =>
  kept(before, after).flatMap(([id, was, is]) => {
    const [old, now] = [podTemplate(was), podTemplate(is)];
    if (!old) return [];
    return now ? changesOf(old, now).map((change) => `${id} ${change}`) : [`${id} has no pods any more`];
  });

function changesOf(was: PodTemplate, is: PodTemplate): string[] {
  const [oldMetadata, metadata] = [was.metadata ?? {}, is.metadata ?? {}];
  const [old, now] = [was.spec as unknown as Fields, is.spec as unknown as Fields];
  const labels = Object.keys(oldMetadata.labels ?? {});
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    entries(old[list]).flatMap((container) => {
      const same = sharing(now[list], 'name', container);
      const at = String(container.name);
      if (same.length !== 1) return [`has no container ${at} any more, or two`];
      return containerChanges(container, same[0] as Fields).map(
        (what) => `has ${what} in its container ${at}; ${ADD}`,
      );
    }),
  );
  return [
    ...(isDeepStrictEqual(
      oldMetadata.labels,
      only(metadata.labels, (key) => labels.includes(key)),
    )
      ? []
      : ['has pods without the labels that Services and policies select; add labels, and keep those']),
    ...(isDeepStrictEqual(only(oldMetadata.annotations, isOfMesh), only(metadata.annotations, isOfMesh))
      ? []
      : ['has other annotations of linkerd.io, which could change what is encrypted or admitted; keep them']),
    ...(['serviceAccountName', 'automountServiceAccountToken'] as const)
      .filter((field) => !isDeepStrictEqual(old[field], now[field]))
      .map((field) => `has another ${field}, which policies and permissions go by; keep it`),
    ...listChanges(old, now, POD_LISTS).map((what) => `has ${what}; ${ADD}`),
    ...containers,
  ];
}

const containerChanges = (old: Fields, now: Fields) => [
  ...['command', 'args']
    .filter((field) => !isDeepStrictEqual(old[field], now[field]))
    .map((field) => `other ${field}`),
  ...listChanges(old, now, CONTAINER_LISTS),
];

/** Entries that were there and are not, or are not the same, or twice. */
const listChanges = (old: Fields, now: Fields, lists: Readonly<Record<string, string>>) =>
  Object.entries(lists)
    .filter(([list, key]) =>
      entries(old[list]).some((entry) => {
        const same = sharing(now[list], key, entry);
        return same.length !== 1 || !isDeepStrictEqual(same[0], entry);
      }),
    )
    .map(([list]) => `other ${list}`);

/** The entries of a list that have the key of this one. */
const sharing = (list: unknown, key: string, entry: Fields) =>
  entries(list).filter((other) => other[key] === entry[key]);

const entries = (list: unknown) => (list ?? []) as readonly Fields[];
