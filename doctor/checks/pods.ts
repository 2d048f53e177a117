import type { KubeObject } from '../../kube/kube-client.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';
import { mesh } from './mesh.ts';
import { readiness } from './readiness.ts';

/** Whether every pod that the manifests ask for is there, ready, meshed, and not restarting. */
export async function pods(target: Target): Promise<Verdict[]> {
  const live = await target.pods();
  const { objects } = target.wanted;
  const workloads = objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
  const verdicts = workloads.flatMap((workload) => {
    const own = live.filter(({ metadata }) => metadata.labels?.app === workload.metadata.name);
    return [...missing(workload, own, target), ...own.flatMap((pod) => judge(pod, target))];
  });
  return orOk(verdicts, `${live.length} pods are ready and meshed`);
}

function missing(
  { metadata, kind, spec }: KubeObject,
  own: readonly KubeObject[],
  target: Target,
): Verdict[] {
  if (own.length >= spec.replicas) return [];
  const { name } = metadata;
  return [
    problem(
      `${name} has ${own.length} of ${spec.replicas} pods`,
      'what they do is not done, or by fewer than should',
      kubectl(target.context, target.wanted.namespace, `describe ${kind.toLowerCase()}/${name}`),
    ),
  ];
}

function judge(pod: KubeObject, target: Target): Verdict[] {
  const { name } = pod.metadata;
  return [...readiness(pod, target), ...mesh(pod, target)].map((verdict) => ({
    ...verdict,
    what: `${name} ${verdict.what}`,
  }));
}
