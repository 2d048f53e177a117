import type { KubeObject } from '../../kube/kube-client.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

/** Whether an object of the cluster that synth does not make lets somebody in whom the topology does not name. */
export function admitsMore(object: KubeObject, { wanted, context }: Target): Verdict[] {
  const { kind, metadata } = object;
  const why = HOW[kind]?.(object, wanted.server.name);
  if (!why) return [];
  return [
    problem(
      `${kind} ${metadata.name} is not from this topology and admits more`,
      why,
      `${kubectl(context, wanted.namespace, `delete ${kind.toLowerCase()}/${metadata.name}`)}, or move it elsewhere`,
    ),
  ];
}

/** What an object of a kind opens, by kind; nothing where it opens nothing. */
const HOW: Readonly<Record<string, (object: KubeObject, server: string) => string | undefined>> = {
  AuthorizationPolicy: ({ spec }) =>
    `authorizations add up, so that ${spec.targetRef?.kind} ${spec.targetRef?.name} takes connections that no manifest names`,
  ServerAuthorization: () =>
    'authorizations add up, so that a Server takes connections that no manifest names',
  // Of two for one port the older one counts (linkerd/linkerd2#13676).
  Server: ({ spec }) =>
    `of two Servers for one port Linkerd takes the older, so that port ${spec.port} may have the policy ${spec.accessPolicy ?? 'deny'} and other authorizations`,
  NetworkPolicy: ({ spec }) =>
    [...(spec.ingress ?? []), ...(spec.egress ?? [])].length > 0
      ? 'NetworkPolicies add up, so that packets pass which no manifest names'
      : undefined,
  Service: ({ spec }, server) =>
    spec.selector?.app === server &&
    (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs)
      ? `a Service of the type ${spec.type} leads to ${server} from outside the cluster`
      : undefined,
};
