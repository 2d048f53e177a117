import { INJECT } from '../../constructs/mesh/linkerd.ts';
import { count } from '../../picture/wording.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

/** Whether the applications that others deploy can come in: their namespaces are meshed, their service accounts there. */
export async function clients(target: Target): Promise<Verdict[]> {
  const { clients: all } = target.wanted.cluster;
  const namespaces = [...new Set(all.map(({ namespace }) => namespace))];
  const found = await Promise.all([
    ...namespaces.map((namespace) => judgeNamespace(namespace, target)),
    ...all.map(({ name, namespace, serviceAccount }) =>
      judgeAccount(name, namespace, serviceAccount, target),
    ),
  ]);
  if (all.length === 0) return [];
  return orOk(found.flat(), `${count(all.length, 'client')} can come in`);
}

async function judgeNamespace(name: string, { kube, context }: Target): Promise<Verdict[]> {
  const namespace = await kube.read('v1', 'Namespace', name);
  if (!namespace)
    return [
      problem(
        `the namespace ${name} is missing`,
        'its clients have no Secret and no pods',
        `have whoever deploys them create it, or take them out of the topology`,
      ),
    ];
  const value = namespace.metadata.annotations?.[INJECT];
  if (value === 'enabled' || value === 'ingress') return [];
  return [
    problem(
      `the namespace ${name} is not meshed`,
      'a pod without a proxy reaches no port of the servers, unless its own annotation meshes it',
      `kubectl --context ${context} annotate namespace ${name} ${INJECT}=enabled, and restart its pods`,
    ),
  ];
}

async function judgeAccount(
  client: string,
  namespace: string,
  name: string,
  { kube, context }: Target,
): Promise<Verdict[]> {
  if (await kube.read('v1', 'ServiceAccount', name, namespace)) return [];
  return [
    problem(
      `the service account ${name} of ${client} does not exist in ${namespace}`,
      'the servers let in nobody else of that client',
      `run its pods as ${name}, or correct \`serviceAccount\` in topology.ts; ${kubectl(context, namespace, 'get serviceaccounts')} shows what there is`,
    ),
  ];
}
