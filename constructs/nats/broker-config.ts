import type { Exposure, ListenerModel } from '../../model/listener.ts';
import { serviceHost } from '../../model/names.ts';
import type { ServerPort } from './server-ports.ts';
import { mutualTls, urlHost } from './tls-config.ts';
import type { ConfBlock } from './write-conf.ts';

export const LEAVES: ServerPort = { name: 'leafnodes', port: 7422, protocol: 'opaque' };

export interface BrokerConfigProps {
  readonly name: string;
  readonly namespace: string;
  /** The address that the broker is known by. */
  readonly address: string;
  readonly clients: ListenerModel;
  readonly leaves: ListenerModel;
}

/** What the `nats.conf` of a broker holds beside what every server has. */
export const brokerConfig = (props: BrokerConfigProps): ConfBlock => ({
  tls: props.clients.tls ? mutualTls() : undefined,
  leafnodes: {
    port: LEAVES.port,
    // Otherwise leaves are told of pod addresses, and after a drop offer their password to whoever has that
    // address in their own cluster (nats-io/nats-server#5723).
    advertise: advertised(props, props.leaves.exposure),
    tls: props.leaves.tls ? { ...mutualTls(), handshake_first: true } : undefined,
  },
});

const advertised = ({ name, namespace, address }: BrokerConfigProps, exposure: Exposure | undefined) =>
  exposure ? `${urlHost(address)}:${exposure.port}` : `${serviceHost(name, namespace)}:${LEAVES.port}`;
