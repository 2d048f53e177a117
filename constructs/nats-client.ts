import { Construct } from 'constructs';
import { certificateName, clientObject, inboxPrefix } from '../model/names.ts';
import { checkClient } from '../model/rules/check-client.ts';
import { signInKeys } from './kubernetes/client-access.ts';
import * as k8s from './kubernetes/k8s.ts';
import { appLabel } from './kubernetes/workload.ts';
import { PROXY_INBOUND } from './mesh/linkerd.ts';
import type { Principal } from './mesh/mesh-listener.ts';
import { inNamespace, namesAndLinkerd, tcp } from './mesh/network-policy.ts';
import type { Permissions } from './nats/accounts.ts';
import { consumerUse, replies } from './nats/jetstream-api.ts';
import type { NatsServer } from './nats-server.ts';
import { RequiredSecret, tlsKeys } from './required-secret.ts';

export interface NatsClientProps extends Permissions {
  /** The server that it connects to, in the same Kubernetes cluster. */
  readonly server: NatsServer;
  /** Name of its certificate and, after `nats-`, of its Secret. */
  readonly name: string;
  /** Namespace of its pods. It has to be meshed, and another one than the server's. */
  readonly namespace: string;
  /** Service account of its pods, of which no other client may be. @default - its name */
  readonly serviceAccount?: string;
  /** NATS user name, unique on its server. @default - its name */
  readonly user?: string;
  /** The stream of the `consumer`. @default - none */
  readonly stream?: string | undefined;
  /** The durable consumer that it reads the stream from. `NatsStreams` creates it. @default - it reads no stream */
  readonly consumer?: string | undefined;
  /** Labels of its pods, without which the NetworkPolicy lets none in. @default - every pod of its namespace */
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
}

/**
 * An application that somebody else deploys and that is a client of a NATS server. Nothing is deployed for it: the server
 * gets a NATS user with its permissions and its own inboxes (`_INBOX_<user>`), and its policies let the service account
 * in. The Secret that it needs, in its own namespace, has the keys `url`, `username`, `password` and, where the server
 * requires a client certificate, `ca.crt`, `tls.crt` and `tls.key`.
 */
export class NatsClient extends Construct {
  readonly name: string;
  /** Name of the namespace of its pods. */
  readonly namespace: string;
  readonly serviceAccount: string;
  /** NATS user name. */
  readonly user: string;
  /** What its inboxes begin with; replies reach it nowhere else. */
  readonly inboxPrefix: string;
  /** Name of its Secret. */
  readonly secretName: string;
  /** As whom the policies know it. */
  readonly principal: Extract<Principal, { serviceAccount: string }>;
  private readonly server: NatsServer;

  /** @throws InvalidInput if a name, a label or a subject is invalid, or another client has the user or service account */
  constructor(scope: Construct, id: string, props: NatsClientProps) {
    super(scope, id);
    const { server, name, namespace, podLabels, stream, consumer } = props;
    checkClient((property) => ({ owner: 'NatsClient', property }), props, server.namespace.name);
    this.server = server;
    this.name = name;
    this.namespace = namespace;
    this.serviceAccount = props.serviceAccount ?? name;
    this.user = props.user ?? name;
    this.inboxPrefix = inboxPrefix(this.user);
    this.secretName = clientObject(name);
    this.principal = { serviceAccount: this.serviceAccount, namespace, podLabels };
    new RequiredSecret(this, 'secret', {
      name: this.secretName,
      namespace,
      usedBy: this.serviceAccount,
      purpose: `URL, user name, password${server.clientTls ? ' and certificate' : ''} of ${name}`,
      keys: {
        url: () => server.clientUrl,
        ...signInKeys(server, this.user),
        ...(server.clientTls ? tlsKeys(certificateName(server.cluster, name)) : {}),
      },
    });
    const reads = stream !== undefined && consumer !== undefined;
    server.allow(this, props, {
      publish: reads ? consumerUse(server.natsCluster, stream, consumer) : [],
      subscribe: [replies(this.user)],
    });
  }

  /**
   * Adds a NetworkPolicy by which its pods reach the server, for a namespace that denies egress by default. In any other
   * namespace the pods would reach nothing else any more.
   */
  allowEgress(scope: Construct): k8s.KubeNetworkPolicy {
    const { name, namespace } = this.server;
    return new k8s.KubeNetworkPolicy(scope, `${this.name}-egress`, {
      metadata: { name: clientObject(this.name), namespace: this.namespace },
      spec: {
        podSelector: this.principal.podLabels ? { matchLabels: this.principal.podLabels } : {},
        policyTypes: ['Egress'],
        egress: [
          ...namesAndLinkerd(),
          {
            to: [
              {
                namespaceSelector: inNamespace(namespace.name),
                podSelector: { matchLabels: appLabel(name) },
              },
            ],
            ports: [tcp(PROXY_INBOUND)],
          },
        ],
      },
    });
  }
}
