import type { PodOptions, Spread } from '../../model/pod-options.ts';
import type * as k8s from './k8s.ts';

/** What the options say of where a workload's pods run, for the specification of a pod. */
export function placement(
  { nodeSelector, tolerations, affinity, priorityClassName, spread }: PodOptions,
  selected: Readonly<Record<string, string>>,
  /** How many pods there are. One that is alone is spread only where that is asked for. */
  replicas: number | undefined,
): Partial<k8s.PodSpec> {
  return {
    nodeSelector,
    // The API server drops an empty list, and every later `kubectl diff` would show it.
    tolerations: tolerations?.length ? [...tolerations] : undefined,
    affinity: affinity as k8s.Affinity | undefined,
    priorityClassName,
    topologySpreadConstraints:
      replicas === undefined && spread === undefined
        ? undefined
        : constraints(spread, selected, replicas ?? 1),
  };
}

function constraints(
  { hosts = 'preferred', zones }: Spread = {},
  matchLabels: Readonly<Record<string, string>>,
  replicas: number,
): k8s.TopologySpreadConstraint[] {
  const over = (topologyKey: string, wanted: 'preferred' | 'required'): k8s.TopologySpreadConstraint => ({
    maxSkew: 1,
    // With fewer hosts than pods the scheduler then counts from none, so that no two pods share one.
    minDomains: wanted === 'required' ? replicas : undefined,
    topologyKey,
    // A cluster of one node still runs them all, unless the operator says otherwise.
    whenUnsatisfiable: wanted === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels },
  });
  return [
    over('kubernetes.io/hostname', hosts),
    ...(zones ? [over('topology.kubernetes.io/zone', zones)] : []),
  ];
}
