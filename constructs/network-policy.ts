import { Lazy } from 'cdk8s';
import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import { Construct } from 'constructs';
import type { LinkerdNamespace } from './linkerd-namespace.ts';
import { cidrs, type Party } from './mesh-listener.ts';
import { appLabel } from './workload.ts';

/** Where a proxy takes connections from other proxies, whatever port they are meant for (linkerd/linkerd2#15246). */
const MESH_INBOUND = 4143;

/** Where a proxy shows its own metrics. */
const PROXY_METRICS = 4191;

/** Ports of the control plane that every proxy dials: identity, destination, policy. */
const CONTROL_PLANE = [8080, 8086, 8090];

const tcp = (port: number): k8s.NetworkPolicyPort => ({
  protocol: 'TCP',
  port: k8s.IntOrString.fromNumber(port),
});
const inNamespace = (name: string): k8s.LabelSelector => ({
  matchLabels: { 'kubernetes.io/metadata.name': name },
});
const blocks = (networks: Iterable<string>): k8s.NetworkPolicyPeer[] =>
  [...networks].map((cidr) => ({ ipBlock: { cidr } }));

/**
 * What may reach a workload's pods and what they may reach, one packet filter below the mesh. Names and Linkerd's
 * control plane are always reachable; everything else is added.
 */
export class WorkloadNetworkPolicy extends Construct {
  private readonly ingress: k8s.NetworkPolicyIngressRule[] = [];
  /** Who dials from outside the mesh, by the ports: one rule for a thousand leaves, not a thousand rules. */
  private readonly outside = new Map<string, { networks: Set<string>; ports: number[] }>();
  private readonly egress: k8s.NetworkPolicyEgressRule[] = [
    {
      to: [{ namespaceSelector: inNamespace('kube-system') }],
      ports: [{ protocol: 'UDP', port: k8s.IntOrString.fromNumber(53) }, tcp(53)],
    },
    { to: [{ namespaceSelector: inNamespace('linkerd') }], ports: CONTROL_PLANE.map(tcp) },
  ];

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
    if (namespace.scraper) this.allowFrom(namespace.scraper, [PROXY_METRICS]);
  }

  /**
   * Lets pods of the mesh connect to a port. With Linkerd's transparent transport mode the port itself is dialled,
   * otherwise the proxy's.
   */
  allowFromPods(app: string, port: number): void {
    this.ingress.push({
      from: [{ podSelector: { matchLabels: appLabel(app) } }],
      ports: [tcp(MESH_INBOUND), tcp(port)],
    });
  }

  /** Lets a party connect to ports: a meshed one of another namespace, or addresses outside the mesh. */
  allowFrom(party: Party, ports: number[]): void {
    if ('networks' in party) {
      const rule = this.outside.get(String(ports)) ?? { networks: new Set(), ports };
      this.outside.set(String(ports), rule);
      for (const cidr of cidrs(party.networks)) rule.networks.add(cidr);
      return;
    }
    const from = [{ namespaceSelector: inNamespace(party.namespace) }];
    this.ingress.push({ from, ports: [MESH_INBOUND, ...ports].map(tcp) });
  }

  /** Lets the pods dial a port of other pods of the mesh. */
  allowToPods(app: string, port: number): void {
    this.egress.push({
      to: [{ podSelector: { matchLabels: appLabel(app) } }],
      ports: [tcp(MESH_INBOUND), tcp(port)],
    });
  }

  /** Lets the pods dial a port outside the cluster. */
  allowToNetworks(networks: readonly string[] | 'anywhere', port: number): void {
    this.egress.push({ to: blocks(cidrs(networks)), ports: [tcp(port)] });
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
