import type { Opening, ResolvedListener } from '../model/check-listener.ts';
import { podHosts, serviceHost } from '../model/names.ts';
import { mutualTls, urlHost } from './listener.ts';
import type { ConfBlock } from './nats-config.ts';
import type { ServerPort } from './server-ports.ts';

export const LEAVES: ServerPort = { name: 'leafnodes', port: 7422, protocol: 'opaque' };
export const ROUTES: ServerPort = { name: 'cluster', port: 6222, protocol: 'opaque' };

export interface BrokerConfigProps {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: string;
  /** The address that the broker is known by. */
  readonly address: string;
  readonly replicas: number;
  readonly clients: ResolvedListener;
  readonly leaves: ResolvedListener;
}

/** What the `nats.conf` of a broker holds beside what every server has. */
export const brokerConfig = (props: BrokerConfigProps): ConfBlock => ({
  tls: props.clients.tls ? mutualTls() : undefined,
  leafnodes: {
    port: LEAVES.port,
    // Otherwise leaves are told of pod addresses, and after a drop offer their password to whoever has that
    // address in their own cluster (nats-io/nats-server#5723).
    advertise: advertised(props, props.leaves.opening),
    tls: props.leaves.tls ? { ...mutualTls(), handshake_first: true } : undefined,
  },
  cluster: props.replicas > 1 ? routes(props) : undefined,
});

const advertised = ({ name, namespace, address }: BrokerConfigProps, opening: Opening | undefined) =>
  opening ? `${urlHost(address)}:${opening.port}` : `${serviceHost(name, namespace)}:${LEAVES.port}`;

/** How the servers of one broker find each other. Who may join is the mesh's business. */
const routes = ({ name, namespace, cluster, replicas }: BrokerConfigProps): ConfBlock => ({
  name: cluster,
  port: ROUTES.port,
  no_advertise: true,
  routes: podHosts(name, namespace, replicas).map((host) => `nats://${host}:${ROUTES.port}`),
});
