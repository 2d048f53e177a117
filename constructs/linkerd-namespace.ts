import { Construct } from 'constructs';
import { checkNamespace } from '../model/checks.ts';
import { DEFAULT_DENY, DEFAULT_NAMESPACE } from '../model/names.ts';
import { checkScraper } from '../model/rules/check-network.ts';
import type { Scraper } from '../model/scraper.ts';
import * as k8s from './kubernetes/k8s.ts';
import { INJECT, PROXY_ADMIN } from './mesh/linkerd.ts';
import { MeshListener } from './mesh/mesh-listener.ts';

/**
 * Flux and Argo CD delete what leaves a repository. A namespace takes the volumes of its streams with it.
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 */
const KEPT_BY_GITOPS = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

export interface LinkerdNamespaceProps {
  /** Name of the Namespace. @default 'nats-system' */
  readonly name?: string;
  /**
   * What Linkerd does with a connection that no policy allows: `deny` refuses it, `audit` allows and logs it.
   * @default 'deny'
   */
  readonly accessPolicy?: 'deny' | 'audit';
  /**
   * Whether the Linkerd CNI plugin is installed. Without it every pod gets Linkerd's init container. That needs
   * NET_ADMIN and NET_RAW, which only the Pod Security level `privileged` allows.
   * @default false
   */
  readonly linkerdCni?: boolean;
  /** Who may read the metrics of the proxies, and of the servers in this namespace. @default - nobody */
  readonly scraper?: Scraper;
}

/**
 * A namespace whose pods Linkerd meshes. Linkerd's default inbound policy and a NetworkPolicy deny every connection that
 * no other object allows.
 * @see https://linkerd.io/2/reference/authorization-policy/
 */
export class LinkerdNamespace extends Construct {
  readonly name: string;
  readonly accessPolicy: 'deny' | 'audit';
  readonly scraper: Scraper | undefined;

  /** @throws InvalidInput if the name is not a DNS label or is a namespace of the system, or the scraper is invalid */
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
          [INJECT]: 'enabled',
          'config.linkerd.io/default-inbound-policy': this.accessPolicy,
          ...KEPT_BY_GITOPS,
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
        name: PROXY_ADMIN.name,
        port: PROXY_ADMIN.name,
        protocol: 'HTTP/1',
      }).admit(props.scraper);
    }
  }
}
