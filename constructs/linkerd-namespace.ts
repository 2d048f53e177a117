import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import { Construct } from 'constructs';
import { checkScraper } from '../model/check-network.ts';
import { checkNamespace } from '../model/checks.ts';
import { DEFAULT_DENY, DEFAULT_NAMESPACE } from '../model/names.ts';
import type { Scraper } from '../model/topology.ts';
import { MeshListener } from './mesh-listener.ts';

/** Name of the port at which Linkerd's proxies show their metrics. */
export const PROXY_METRICS = 'linkerd-admin';

export interface LinkerdNamespaceProps {
  /** @default 'nats-system' */
  readonly name?: string;
  /**
   * What Linkerd does with a connection that nothing allows: `deny` it, or `audit`: let it pass and log it.
   * @default 'deny'
   */
  readonly accessPolicy?: 'deny' | 'audit';
  /**
   * Whether the Linkerd CNI plugin is installed. Without it every pod gets Linkerd's init container, which needs
   * NET_ADMIN and NET_RAW, and only the `privileged` Pod Security level admits those.
   * @default false
   */
  readonly linkerdCni?: boolean;
  /** Who may read the metrics of the proxies, and of the servers in this namespace. @default - nobody */
  readonly scraper?: Scraper;
}

/**
 * A namespace whose pods Linkerd meshes, and in which nothing is allowed that is not written down: an inbound
 * policy of the mesh and a NetworkPolicy deny the rest.
 * @see https://linkerd.io/2/reference/authorization-policy/
 */
export class LinkerdNamespace extends Construct {
  readonly name: string;
  readonly accessPolicy: 'deny' | 'audit';
  readonly scraper: Scraper | undefined;

  /** @throws InvalidInput if the name is not a DNS label or is a namespace of the system, or the scraper's names or networks cannot work */
  constructor(scope: Construct, id: string, props: LinkerdNamespaceProps = {}) {
    super(scope, id);
    this.name = checkNamespace(
      { owner: 'LinkerdNamespace', property: 'name' },
      props.name ?? DEFAULT_NAMESPACE,
    );
    this.accessPolicy = props.accessPolicy ?? 'deny';
    // Whether the platform has IPv6 is the topology's to say.
    this.scraper = checkScraper({ owner: 'LinkerdNamespace', property: 'scraper' }, props.scraper, true);

    new k8s.KubeNamespace(this, 'namespace', {
      metadata: {
        name: this.name,
        annotations: {
          'linkerd.io/inject': 'enabled',
          'config.linkerd.io/default-inbound-policy': this.accessPolicy,
        },
        labels: {
          'pod-security.kubernetes.io/enforce': props.linkerdCni ? 'restricted' : 'privileged',
          // Warns when a workload itself, before injection, asks for more than it needs.
          'pod-security.kubernetes.io/warn': 'restricted',
        },
      },
    });
    new k8s.KubeNetworkPolicy(this, 'default-deny', {
      metadata: { name: DEFAULT_DENY, namespace: this.name },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
    if (props.scraper) {
      new MeshListener(this, 'proxy-metrics', {
        namespace: this,
        name: PROXY_METRICS,
        port: PROXY_METRICS,
        protocol: 'HTTP/1',
      }).admit(props.scraper);
    }
  }
}
