import { PROXY_INBOUND } from '../../constructs/mesh/linkerd.ts';
import type { KubeObject } from '../../kube/kube-client.ts';
import { applyLine, kubectl } from '../../terminal/kubectl.ts';
import { clusterFolder } from '../../terminal/output-folder.ts';
import { problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

/** Annotations by which traffic goes around the proxy; the manifests have none of them. */
const DETOURS = ['skip-inbound-ports', 'skip-outbound-ports', 'skip-subnets'].map(
  (name) => `config.linkerd.io/${name}`,
);

const INBOUND_POLICY = 'config.linkerd.io/default-inbound-policy';

/** Whether a pod's traffic goes through a proxy that denies what it should. What is said completes "nats-broker-0 …". */
export function mesh(pod: KubeObject, target: Target): Verdict[] {
  const { metadata, spec } = pod;
  const containers: KubeObject[] = [...(spec.initContainers ?? []), ...spec.containers];
  // With native sidecars, the default since Linkerd 2.20, the proxy is an init container (linkerd/linkerd2#15267).
  const proxy = containers.find(({ name }) => name === 'linkerd-proxy');
  if (!proxy) return [unmeshed(pod, target)];
  const detours = DETOURS.filter((key) => metadata.annotations?.[key]).map((key) =>
    problem(
      `has the annotation ${key}: ${metadata.annotations?.[key]}`,
      'what it names goes around the proxy, without encryption and past the policies',
      'remove it from the namespace or the workload and delete the pod',
    ),
  );
  return [...detours, ...inboundPolicy(pod, proxy, target)];
}

function unmeshed({ metadata }: KubeObject, { context, wanted }: Target): Verdict {
  const { namespace, server } = wanted;
  // Linkerd's proxy speaks in clear to a pod that has none.
  const consequence =
    metadata.labels?.app === server.name
      ? `its clients are cut off, because the NetworkPolicies admit nothing but port ${PROXY_INBOUND} between pods; where the cluster's network does not enforce them, the clients send in clear, passwords included`
      : 'what it sends within the cluster is not encrypted, and the policies admit none of it to a meshed pod';
  return problem(
    'is not meshed: it has no linkerd-proxy',
    consequence,
    `see that linkerd-proxy-injector runs, then ${kubectl(context, namespace, `delete pod ${metadata.name}`)}`,
  );
}

/** A proxy gets the policy for ports without a `Server` when its pod is made, and keeps it whatever the namespace says. */
function inboundPolicy({ metadata }: KubeObject, proxy: KubeObject, target: Target): Verdict[] {
  const { objects, namespace, cluster } = target.wanted;
  const workload = objects.find(
    ({ kind, metadata: { name } }) =>
      (kind === 'StatefulSet' || kind === 'Deployment') && name === metadata.labels?.app,
  );
  const wanted = workload?.spec.template.metadata.annotations?.[INBOUND_POLICY];
  const variable = (proxy.env ?? []).find(
    ({ name }: KubeObject) => name === 'LINKERD2_PROXY_INBOUND_DEFAULT_POLICY',
  );
  if (!workload || !wanted || !variable || variable.value === wanted) return [];
  const resource = `${workload.kind.toLowerCase()}/${workload.metadata.name}`;
  // A pod with another annotation comes from a template that somebody has changed; an apply puts that back.
  const changed = metadata.annotations?.[INBOUND_POLICY] !== wanted;
  return [
    problem(
      `was made under the inbound policy ${variable.value} instead of ${wanted}`,
      'ports without a Server, such as 4191, take other connections than they should',
      changed
        ? applyLine(target.context, clusterFolder(cluster.name))
        : kubectl(target.context, namespace, `rollout restart ${resource}`),
    ),
  ];
}
