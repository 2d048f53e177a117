import { isIP } from 'node:net';
import type { Construct } from 'constructs';
import { EgressNetwork, EgressNetworkSpecTrafficPolicy } from '../imports/policy.linkerd.io.ts';
import { hostCidr } from '../model/check-address.ts';
import type { Credentials } from '../model/credentials.ts';
import { DOCTOR_SUBJECTS, LEAF } from '../model/names.ts';
import type { LeafEndpoint } from './leaf-endpoint.ts';
import { certificateFiles, urlHost } from './listener.ts';
import { APP_ACCOUNT } from './nats-accounts.ts';
import { Include, natsConfig } from './nats-config.ts';
import { NatsServer, type NatsServerProps } from './nats-server.ts';
import { passwordOf } from './password.ts';

export interface NatsLeafProps extends NatsServerProps {
  /** @default 'nats-leaf' */
  readonly name?: string;
  /** How to reach the broker, from `NatsBroker.acceptLeaf`. */
  readonly broker: LeafEndpoint;
}

/**
 * A nats-server that serves its own cluster and is joined to the broker of another. Its clients reach it only within
 * the mesh, which encrypts and knows who they are.
 * @see https://docs.nats.io/running-a-nats-service/configuration/leafnodes
 */
export class NatsLeaf extends NatsServer {
  /** @throws InvalidInput if a property cannot work */
  constructor(scope: Construct, id: string, props: NatsLeafProps) {
    const { broker } = props;
    const name = props.name ?? LEAF;
    super(scope, id, props, {
      owner: 'NatsLeaf',
      name,
      replicas: 1,
      ports: [],
      clientTls: false,
      doctor: { subscribe: [DOCTOR_SUBJECTS] },
      certificate: broker.tls ? 'client certificate' : undefined,
      config: {
        leafnodes: {
          reconnect: '2s',
          remotes: [
            {
              // The URL holds the password, so it comes from the Secret.
              file: new Include('../nats-auth/remote.conf'),
              account: APP_ACCOUNT,
              first_info_timeout: '5s',
              // Only the address of the topology is ever dialled.
              ignore_discovered_servers: true,
              tls: broker.tls ? { ...certificateFiles(), handshake_first: true } : undefined,
            },
          ],
        },
      },
      secretKeys: { 'remote.conf': (credentials) => remoteFile(broker, credentials) },
    });
    this.networkPolicy.allowToNetworks(broker.egress.networks, broker.egress.port);
    if (!broker.meshed) this.declareWayOut(broker);
  }

  /** Without it the proxy waits ten seconds for the leaf to speak first, and the leaf gives up after five. */
  private declareWayOut({ cluster, hosts, port }: LeafEndpoint): void {
    const addresses = hosts.filter((host) => isIP(host));
    // What Linkerd takes for outside the cluster leaves private addresses out, so those are named beside it.
    const names = addresses.length < hosts.length;
    const declare = (id: string, name: string, networks?: { cidr: string }[]) =>
      new EgressNetwork(this, id, {
        metadata: {
          name,
          namespace: this.namespace.name,
          annotations: { 'config.linkerd.io/opaque-ports': String(port) },
        },
        spec: { trafficPolicy: EgressNetworkSpecTrafficPolicy.ALLOW, networks },
      });
    const networks = addresses.map((address) => ({ cidr: hostCidr(address) }));
    if (addresses.length > 0) declare('way-out', cluster, networks);
    if (names) declare('way-out-by-name', addresses.length > 0 ? `${cluster}-by-name` : cluster);
  }
}

/** The broker's URLs with user and password, as the file that the remote in `nats.conf` includes. */
function remoteFile(broker: LeafEndpoint, credentials: Credentials): string {
  const password = encodeURIComponent(passwordOf(credentials, broker.password)).replaceAll("'", '%27');
  const scheme = broker.tls ? 'tls' : 'nats-leaf';
  return natsConfig({
    urls: broker.hosts.map(
      (host) => `${scheme}://${broker.user}:${password}@${urlHost(host)}:${broker.port}`,
    ),
  });
}
