import type { KubeObject } from '../../kube/kube-client.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

/** Whether cert-manager has made every certificate that it was asked for. */
export async function certManager({ wanted, kube, context }: Target): Promise<Verdict[]> {
  const asked = wanted.objects.filter(({ kind }) => kind === 'Certificate');
  if (asked.length === 0) return [];
  const there = await kube.list('cert-manager.io/v1', 'Certificate', wanted.namespace);
  const byName = new Map(there?.map((one) => [one.metadata.name, one]));
  const found = asked.flatMap(({ metadata }) => {
    const one = byName.get(metadata.name);
    // That it is not there is told with the other objects.
    const condition = one && readyOf(one);
    if (!one || condition?.status === 'True') return [];
    return [
      problem(
        `cert-manager has not made ${metadata.name}: ${condition?.message ?? 'it says nothing, as if it did not run'}`,
        'pods that mount it do not start, or go on with an old one until that ends',
        kubectl(context, wanted.namespace, `describe certificate ${metadata.name}`),
      ),
    ];
  });
  return orOk(
    found,
    `cert-manager has made ${asked.length === 1 ? 'the certificate' : `${asked.length} certificates`}`,
  );
}

const readyOf = ({ status }: KubeObject): { status: string; message?: string } | undefined =>
  status?.conditions?.find(({ type }: { type: string }) => type === 'Ready');
