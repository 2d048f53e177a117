import { isDeepStrictEqual } from 'node:util';
import { isOf } from '../../model/rules/qualified-name.ts';
import { kept, type ManifestPromise, only } from './objects.ts';

const DOMAINS = [
  'linkerd.io',
  'pod-security.kubernetes.io',
  'kustomize.toolkit.fluxcd.io',
  'argoproj.io',
] as const;
const isPromised = (key: string) => DOMAINS.some((domain) => isOf(domain, key));

/** The namespace has every pod meshed and denied by default, checks pods, and is not pruned. */
export const namespace: ManifestPromise = (before, after) =>
  kept(before, after).flatMap(([id, was, is]) => {
    if (was.kind !== 'Namespace') return [];
    return (['labels', 'annotations'] as const).flatMap((side) =>
      isDeepStrictEqual(only(was.metadata[side], isPromised), only(is.metadata[side], isPromised))
        ? []
        : [`${id} has other ${side} of ${DOMAINS.join(', ')}; leave those as they were made`],
    );
  });
