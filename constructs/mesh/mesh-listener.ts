import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import {
  AuthorizationPolicy,
  MeshTlsAuthentication,
  NetworkAuthentication,
  Server,
  ServerSpecAccessPolicy,
  ServerSpecProxyProtocol,
} from '../../imports/policy.linkerd.io.ts';
import type { LinkerdNamespace } from '../linkerd-namespace.ts';
import type { ServerPort } from '../nats/server-ports.ts';

/** Somebody who may connect: a meshed service account, perhaps of pods with some labels only, or addresses outside the mesh. */
export type Principal =
  | {
      readonly serviceAccount: string;
      readonly namespace: string;
      readonly podLabels?: Readonly<Record<string, string>> | undefined;
    }
  | { readonly networks: readonly string[] | 'anywhere' };

/** Networks as CIDRs. */
export const cidrs = (networks: readonly string[] | 'anywhere') =>
  networks === 'anywhere' ? ['0.0.0.0/0', '::/0'] : networks;

export interface MeshListenerProps {
  readonly namespace: LinkerdNamespace;
  /** Name of the Server, from which the names of its authorizations are made. */
  readonly name: string;
  /** `app` label of the pods. @default - every pod of the namespace */
  readonly app?: string;
  /** Number or name of the container port. */
  readonly port: number | string;
  /** `opaque` for NATS, where the server speaks first; `HTTP/1` for monitoring. */
  readonly protocol: 'opaque' | 'HTTP/1';
}

/**
 * One port of meshed pods, as Linkerd's policies see it: nobody may connect until `admit` names them. A Server
 * overrides the namespace's default policy and the pod's opaque ports, so it states the protocol itself.
 * @see https://linkerd.io/2/reference/authorization-policy/#server
 */
export class MeshListener extends Construct {
  private readonly props: MeshListenerProps;
  private readonly identities: { kind: string; name: string; namespace: string }[] = [];
  private readonly networks = new Set<string>();

  constructor(scope: Construct, id: string, props: MeshListenerProps) {
    super(scope, id);
    this.props = props;
    new Server(this, 'server', {
      metadata: this.metadata(),
      spec: {
        accessPolicy:
          props.namespace.accessPolicy === 'audit'
            ? ServerSpecAccessPolicy.AUDIT
            : ServerSpecAccessPolicy.DENY,
        podSelector: props.app ? { matchLabels: { app: props.app } } : {},
        port: props.port,
        proxyProtocol:
          props.protocol === 'opaque'
            ? ServerSpecProxyProtocol.OPAQUE
            : ServerSpecProxyProtocol.HTTP_FORWARD_SLASH_1,
      },
    });
  }

  /** Whether a service account may connect already. */
  admits({ serviceAccount, namespace }: { serviceAccount: string; namespace: string }): boolean {
    return this.identities.some((one) => one.name === serviceAccount && one.namespace === namespace);
  }

  /** Lets a principal connect. Parties add up. */
  admit(principal: Principal): void {
    if ('serviceAccount' in principal) {
      if (this.identities.length === 0) this.authorizeMesh();
      this.identities.push({
        kind: 'ServiceAccount',
        name: principal.serviceAccount,
        namespace: principal.namespace,
      });
      return;
    }
    if (this.networks.size === 0) this.authorizeNetworks();
    for (const cidr of cidrs(principal.networks)) this.networks.add(cidr);
  }

  private metadata(suffix = '') {
    return { name: `${this.props.name}${suffix}`, namespace: this.props.namespace.name };
  }

  private authorizeMesh(): void {
    const metadata = this.metadata('-mesh');
    new MeshTlsAuthentication(this, 'mesh', {
      metadata,
      spec: { identityRefs: Lazy.any({ produce: () => this.identities }) },
    });
    this.authorize('mesh-policy', metadata, 'MeshTLSAuthentication');
  }

  private authorizeNetworks(): void {
    const metadata = this.metadata('-networks');
    new NetworkAuthentication(this, 'networks', {
      metadata,
      spec: { networks: Lazy.any({ produce: () => [...this.networks].map((cidr) => ({ cidr })) }) },
    });
    this.authorize('networks-policy', metadata, 'NetworkAuthentication');
  }

  private authorize(id: string, metadata: { name: string; namespace: string }, kind: string): void {
    const group = 'policy.linkerd.io';
    new AuthorizationPolicy(this, id, {
      metadata,
      spec: {
        targetRef: { group, kind: 'Server', name: this.props.name },
        requiredAuthenticationRefs: [{ group, kind, name: metadata.name }],
      },
    });
  }
}

/** A port of a NATS server. */
export const serverListener = (
  server: Construct & { readonly name: string; readonly namespace: LinkerdNamespace },
  { name, port, protocol }: ServerPort,
): MeshListener =>
  new MeshListener(server, `listener-${name}`, {
    namespace: server.namespace,
    name: `${server.name}-${name}`,
    app: server.name,
    port,
    protocol,
  });
