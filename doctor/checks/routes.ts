import { serverName } from '../../model/names.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { orOk, problem, type Verdict, warning } from '../finding.ts';
import type { Target } from '../target.ts';

interface Varz {
  readonly cluster?: { readonly tls_required?: boolean };
}

interface Routez {
  readonly routes?: readonly { readonly remote_name: string }[];
}

/** Whether the servers of a cluster that run know each other and those of other sites; nothing where there is one alone. */
export async function routes(target: Target): Promise<Verdict[]> {
  const { wanted, name } = target;
  const { otherServers } = wanted;
  if (wanted.server.pods.length + otherServers.length === 1) return [];
  // Whoever does not run has no route, which the check of the pods says.
  const pods = await target.servers();
  const pages: Routez[] = await Promise.all(pods.map((pod) => target.monitor(pod, 'routez')));
  // Inside a cluster Linkerd encrypts them.
  const inClear = otherServers.length > 0 ? await withoutTls(pods, target) : [];
  const verdicts = pods.flatMap((pod, i) => {
    const known = new Set((pages[i]?.routes ?? []).map(({ remote_name }) => remote_name));
    const here = pods.filter((other) => other !== pod && !known.has(serverName(name, other)));
    const elsewhere = otherServers.filter((server) => !known.has(server));
    return [
      ...(here.length > 0 ? [missing(pod, here, target)] : []),
      ...(elsewhere.length > 0 ? [unreached(pod, elsewhere, target)] : []),
    ];
  });
  const all =
    otherServers.length > 0
      ? `routes to ${otherServers.join(' and ')}`
      : `${pods.length} servers have a route to each other`;
  return orOk([...inClear, ...verdicts], all);
}

/** Servers that run on a configuration of before there were sites: with TLS nats-server asks the other for a certificate, too. */
async function withoutTls(pods: readonly string[], target: Target): Promise<Verdict[]> {
  const pages: Varz[] = await Promise.all(pods.map((pod) => target.monitor(pod, 'varz')));
  const { context, wanted } = target;
  return pods
    .filter((_, i) => !pages[i]?.cluster?.tls_required)
    .map((pod) =>
      problem(
        `${pod} takes routes without mutual TLS`,
        'whoever reaches its port could join the broker, and read everything',
        `${kubectl(context, wanted.namespace, `delete pod ${pod}`)} has it start on the current configuration`,
      ),
    );
}

const why = (pod: string, { context, wanted }: Target) =>
  `${kubectl(context, wanted.namespace, `logs ${pod} -c nats`)} says why`;

const missing = (pod: string, others: readonly string[], target: Target): Verdict =>
  problem(
    `${pod} has no route to ${others.join(', ')}`,
    'what is published at one does not reach the clients of the other, and their streams may have no majority',
    why(pod, target),
  );

/** A site that cannot be reached, or that cannot reach any other. */
function unreached(pod: string, others: readonly string[], target: Target): Verdict {
  const { otherServers } = target.wanted;
  const remedy = `see whether those sites run, and whether the port of their routes can be reached from here; ${why(pod, target)}; docs/operations.md, "A site is lost"`;
  const what = `${pod} has no route to ${others.join(', ')}`;
  return others.length * 2 > otherServers.length
    ? problem(what, 'this side has no majority, and acknowledges nothing', remedy)
    : warning(what, 'with one more site less, nothing is acknowledged any more', remedy);
}
