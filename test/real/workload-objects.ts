import { createHash } from 'node:crypto';
import type { ApiClient, ApiObject } from './api-client.ts';
import type { KubeObject, WorkloadSpec } from './manifest.ts';

/** What a controller knows of a workload's pods. */
export interface Counts {
  readonly replicas: number;
  readonly ready: number;
}

const reference = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ApiObject => ({
  apiVersion: apiVersion ?? 'apps/v1',
  kind,
  metadata: { name, namespace },
});

/** The object that owns the pods of a workload: a StatefulSet itself, or a ReplicaSet of a Deployment. */
export async function ownerOf(workload: KubeObject, api: ApiClient): Promise<ApiObject> {
  const live = await api.get(reference(workload));
  if (live.kind === 'StatefulSet') return live;
  const { template, selector } = workload.spec as WorkloadSpec & { selector: { matchLabels: object } };
  const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
  const { name, namespace, uid } = live.metadata;
  const { apiVersion, kind } = live;
  const own = { 'pod-template-hash': hash };
  return api.apply({
    apiVersion,
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
      labels: { ...template.metadata?.labels, ...own },
    },
    spec: {
      selector: { matchLabels: { ...selector.matchLabels, ...own } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...own } },
      },
    },
  });
}

/** Says in a workload's status how many of its pods there are, and how many are ready. */
export async function countPods(workload: KubeObject, { replicas, ready }: Counts, api: ApiClient) {
  const { generation } = (await api.get(reference(workload))).metadata;
  const common = {
    observedGeneration: generation,
    replicas,
    readyReplicas: ready,
    updatedReplicas: replicas,
    availableReplicas: ready,
  };
  const status = workload.kind === 'StatefulSet' ? { ...common, currentReplicas: replicas } : common;
  await api.apply({ ...reference(workload), status }, '/status');
}
