import type { Identity } from '../nats-wire.ts';
import type { Background, Network } from '../stage/network.ts';
import { rogueServer } from './rogue-server.ts';

export interface RogueLeafProps {
  readonly user: string;
  readonly password: string;
  readonly ca: string;
  /** The client certificate. @default - none is offered */
  readonly identity?: Identity;
}

/**
 * Starts a real nats-server of somebody else's as a leaf of the broker. It lets everybody in on its own port 4222,
 * without any restriction.
 * @param folder where it may leave files
 */
export function rogueLeaf(network: Network, folder: string, props: RogueLeafProps): Background {
  const { user, password, ca, identity } = props;
  return rogueServer(network, folder, (file) => ({
    leafnodes: {
      reconnect: '60s',
      remotes: [
        {
          urls: [`tls://${user}:${password}@1.1.1.1:30722`],
          tls: {
            ca_file: file('ca.crt', ca),
            cert_file: identity && file('tls.crt', identity.cert),
            key_file: identity && file('tls.key', identity.key),
            handshake_first: true,
          },
        },
      ],
    },
  }));
}
