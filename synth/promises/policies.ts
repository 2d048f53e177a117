import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '../../picture/objects.ts';
import { added, type ManifestPromise } from './objects.ts';

/** By API group, those of Kubernetes' own and of Linkerd. Policies add to each other, so that one more admits more. */
const GROUPS = new Set(['policy.linkerd.io', 'policy.networking.k8s.io']);

const isPolicy = ({ apiVersion = '', kind }: Manifest) =>
  kind === 'NetworkPolicy' || GROUPS.has(apiVersion.split('/')[0] ?? '');

/** What is not allowed is denied: policies stay as they were made, and none is added. */
export const policies: ManifestPromise = (before, after) => {
  const remedy = 'the topology says who may connect to whom';
  const changed = [...before].flatMap(([id, was]) => {
    const is = after.get(id);
    if (!isPolicy(was)) return [];
    if (!is) return [`${id} is gone; ${remedy}`];
    return isDeepStrictEqual(was.spec, is.spec) ? [] : [`${id} is another; ${remedy}`];
  });
  const more = added(before, after).filter(([, object]) => isPolicy(object));
  return [
    ...changed,
    ...more.map(([id]) => `${id} is new, and policies add to each other; apply it from elsewhere`),
  ];
};
