import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import * as k8s from '../kubernetes/k8s.ts';
import { appLabel } from '../kubernetes/workload.ts';
import type { LinkerdNamespace } from '../linkerd-namespace.ts';
import { CONTROL_PLANE_PORTS, LINKERD, PROXY_ADMIN, PROXY_INBOUND } from './linkerd.ts';
import { cidrs, type Principal } from './mesh-listener.ts';

export const tcp = (port: number): k8s.NetworkPolicyPort => ({
  protocol: 'TCP',
  port: k8s.IntOrString.fromNumber(port),
});
export const inNamespace = (name: string): k8s.LabelSelector => ({
  matchLabels: { 'kubernetes.io/metadata.name': name },
});
const blocks = (networks: Iterable<string>): k8s.NetworkPolicyPeer[] =>
  [...networks].map((cidr) => ({ ipBlock: { cidr } }));

/** What every meshed pod dials: the cluster's DNS, and Linkerd's control plane. */
export const namesAndLinkerd = (): k8s.NetworkPolicyEgressRule[] => [
  {
    to: [{ namespaceSelector: inNamespace('kube-system') }],
    ports: [{ protocol: 'UDP', port: k8s.IntOrString.fromNumber(53) }, tcp(53)],
  },
  { to: [{ namespaceSelector: inNamespace(LINKERD) }], ports: CONTROL_PLANE_PORTS.map(tcp) },
];

/**
 * What may reach a workload's pods and what they may reach, one packet filter below the mesh. Names and Linkerd's
 * control plane are always reachable; everything else is added.
 *
 * Between meshed pods the port of the proxies is the only one that is open. A proxy speaks to a server without a proxy in
 * clear, so a server that Linkerd's injector missed must not be reachable at all.
 */
export class WorkloadNetworkPolicy extends Construct {
  private readonly ingress: k8s.NetworkPolicyIngressRule[] = [];
  /** Who dials from outside the mesh, by the ports: one rule for a thousand leaves, not a thousand rules. */
  private readonly outside = new Map<string, { networks: Set<string>; ports: number[] }>();
  private readonly egress = namesAndLinkerd();

  constructor(scope: Construct, app: string, namespace: LinkerdNamespace) {
    super(scope, 'network-policy');
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: { name: app, namespace: namespace.name },
      spec: {
        podSelector: { matchLabels: appLabel(app) },
        policyTypes: ['Ingress', 'Egress'],
        // The API server drops an empty list, and every later `kubectl diff` would show it.
        ingress: Lazy.any({ produce: () => this.ingressRules() }),
        egress: Lazy.any({ produce: () => this.egress }),
      },
    });
    // What a packet filter drops reaches no proxy that could log it.
    if (namespace.accessPolicy === 'audit') this.ingress.push({});
    if (namespace.scraper) this.allowFrom(namespace.scraper, [PROXY_ADMIN.port]);
  }

  /** Lets pods of the mesh connect, through their proxies. */
  allowFromPods(app: string): void {
    this.ingress.push({
      from: [{ podSelector: { matchLabels: appLabel(app) } }],
      ports: [tcp(PROXY_INBOUND)],
    });
  }

  /**
   * Lets a principal connect: addresses outside the mesh to the ports, a meshed one of another namespace through its
   * proxy. Only the proxy's own metrics have no proxy in front of them.
   */
  allowFrom(principal: Principal, ports: number[]): void {
    if ('networks' in principal) {
      const rule = this.outside.get(String(ports)) ?? { networks: new Set(), ports };
      this.outside.set(String(ports), rule);
      for (const cidr of cidrs(principal.networks)) rule.networks.add(cidr);
      return;
    }
    const { namespace, podLabels } = principal;
    const peer = {
      namespaceSelector: inNamespace(namespace),
      podSelector: podLabels && { matchLabels: podLabels },
    };
    const unproxied = ports.filter((port) => port === PROXY_ADMIN.port);
    const rule = { from: [peer], ports: [PROXY_INBOUND, ...unproxied].map(tcp) };
    // Clients of one namespace need the same rule, and there may be many.
    const isClient = 'podLabels' in principal;
    if (isClient && this.ingress.some((other) => JSON.stringify(other) === JSON.stringify(rule))) return;
    this.ingress.push(rule);
  }

  /** Lets the pods dial other pods of the mesh, through their proxies. */
  allowToPods(app: string): void {
    this.egress.push({
      to: [{ podSelector: { matchLabels: appLabel(app) } }],
      ports: [tcp(PROXY_INBOUND)],
    });
  }

  /** Lets the pods dial ports outside the cluster. */
  allowToNetworks(networks: readonly string[] | 'anywhere', ...ports: readonly number[]): void {
    this.egress.push({ to: blocks(cidrs(networks)), ports: ports.map(tcp) });
  }

  private ingressRules(): k8s.NetworkPolicyIngressRule[] | undefined {
    const outside = [...this.outside.values()].map(({ networks, ports }) => ({
      from: blocks(networks),
      ports: ports.map(tcp),
    }));
    const rules = [...this.ingress, ...outside];
    return rules.length > 0 ? rules : undefined;
  }
}
