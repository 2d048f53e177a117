import { createHash } from 'node:crypto';
import type { KubeObject, WorkloadSpec } from '../manifest.ts';
import type { ApiClient, ApiObject } from './api-client.ts';

/** What a controller knows of a workload's pods. */
export interface Counts {
  readonly replicas: number;
  readonly ready: number;
}

/** The object that owns the pods of a workload: a StatefulSet itself, or a ReplicaSet of a Deployment. */
export async function ownerOf(workload: KubeObject, api: ApiClient): Promise<ApiObject> {
  const live = await api.get(workload as ApiObject);
  if (!live) throw new Error(`${workload.kind} \`${workload.metadata.name}\` has not been applied.`);
  return live.kind === 'StatefulSet' ? live : api.apply(replicaSet(live));
}

function replicaSet(deployment: ApiObject): ApiObject {
  const { apiVersion, kind } = deployment;
  const { name, namespace, uid } = deployment.metadata;
  const spec = deployment.spec as WorkloadSpec & { selector: { matchLabels: object } };
  const { metadata, ...template } = spec.template;
  const hash = createHash('sha256').update(JSON.stringify(spec.template)).digest('hex').slice(0, 10);
  const own = { 'pod-template-hash': hash };
  const labels = { ...metadata?.labels, ...own };
  return {
    apiVersion,
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
    spec: {
      selector: { matchLabels: { ...spec.selector.matchLabels, ...own } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
}

/** Says in a workload's status how many of its pods there are, and how many are ready. */
export async function countPods(workload: KubeObject, { replicas, ready }: Counts, api: ApiClient) {
  const live = await api.get(workload as ApiObject);
  if (!live) return;
  await api.applyStatus(live, {
    observedGeneration: live.metadata.generation,
    replicas,
    readyReplicas: ready,
    updatedReplicas: replicas,
    availableReplicas: ready,
    ...(live.kind === 'StatefulSet' && { currentReplicas: replicas }),
  });
}
