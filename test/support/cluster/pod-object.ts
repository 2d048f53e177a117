import type { WorkloadSpec } from '../manifest.ts';
import type { Pod } from '../stage/pod.ts';
import type { ApiObject } from './api-client.ts';

/** The Pod object of a pod that runs on `node`, as the controller behind its owner makes it. */
export function podObject(pod: Pod, owner: ApiObject, node: string): ApiObject {
  const { template, subdomain, namespace } = pod.props;
  const { apiVersion, kind, metadata } = owner;
  const own: Record<string, string> =
    kind === 'StatefulSet' ? { 'statefulset.kubernetes.io/pod-name': pod.name } : {};
  const claimed = claims(pod).map(({ name, claim }) => ({
    name,
    persistentVolumeClaim: { claimName: claim.metadata.name },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace,
      labels: { ...template.metadata?.labels, ...own },
      annotations: template.metadata?.annotations,
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }],
    },
    spec: {
      ...template.spec,
      nodeName: node,
      ...(subdomain && { hostname: pod.name, subdomain }),
      volumes: [...(template.spec.volumes ?? []), ...claimed],
    },
  };
}

/** The PersistentVolumeClaims of a pod of a StatefulSet, by the names of their volumes. */
export function claims(pod: Pod): { name: string; claim: ApiObject }[] {
  const { volumeClaimTemplates = [] } = pod.props.workload.spec as WorkloadSpec;
  const { namespace } = pod.props;
  return volumeClaimTemplates.map(({ metadata: { name }, ...template }) => ({
    name,
    claim: {
      ...template,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: `${name}-${pod.name}`, namespace },
    },
  }));
}
