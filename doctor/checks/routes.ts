import { serverName } from '../../model/names.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

interface Routez {
  readonly routes?: readonly { readonly remote_name: string }[];
}

/** Whether the servers of a cluster that run know each other; nothing where there is one. */
export async function routes(target: Target): Promise<Verdict[]> {
  const { wanted, name, context } = target;
  if (wanted.server.pods.length === 1) return [];
  // Whoever does not run has no route, which the check of the pods says.
  const pods = await target.servers();
  const pages: Routez[] = await Promise.all(pods.map((pod) => target.monitor(pod, 'routez')));
  const verdicts = pods.flatMap((pod, i) => {
    const known = new Set((pages[i]?.routes ?? []).map(({ remote_name }) => remote_name));
    const missing = pods.filter((other) => other !== pod && !known.has(serverName(name, other)));
    if (missing.length === 0) return [];
    return problem(
      `${pod} has no route to ${missing.join(', ')}`,
      'what is published at one does not reach the clients of the other, and their streams may have no majority',
      `${kubectl(context, wanted.namespace, `logs ${pod} -c nats`)} says why`,
    );
  });
  return orOk(verdicts, `${pods.length} servers have a route to each other`);
}
