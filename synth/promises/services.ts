import { isDeepStrictEqual } from 'node:util';
import { EXPORTED } from '../../constructs/mesh/linkerd.ts';
import { added, kept, type ManifestPromise } from './objects.ts';

/** What changes neither where a Service leads nor from where it can be reached, nor the address that a server sees. */
const FREE = new Set([
  'internalTrafficPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'sessionAffinity',
  'sessionAffinityConfig',
  'trafficDistribution',
]);

const promised = (spec: object) =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !FREE.has(field)));

/** Nothing opens a port to outside of the mesh but the listeners of the topology. */
export const services: ManifestPromise = (before, after) => [
  ...kept(before, after).flatMap(([id, was, is]) => {
    if (was.kind !== 'Service') return [];
    const isSame =
      isDeepStrictEqual(promised(was.spec), promised(is.spec)) &&
      was.metadata.labels?.[EXPORTED] === is.metadata.labels?.[EXPORTED];
    return isSame
      ? []
      : [`${id} leads or opens to something else; the listeners of the topology say what is open`];
  }),
  ...added(before, after).flatMap(([id, { kind, spec }]) =>
    kind === 'Service' && ((spec.type ?? 'ClusterIP') !== 'ClusterIP' || spec.externalIPs?.length > 0)
      ? [`${id} opens a port to outside; use a listener of the topology, or apply it from elsewhere`]
      : [],
  ),
];
