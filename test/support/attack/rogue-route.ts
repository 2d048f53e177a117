import type { Identity } from '../nats-wire.ts';
import type { Background, Network } from '../stage/network.ts';
import { rogueServer } from './rogue-server.ts';

export interface RogueRouteProps {
  /** Where it dials. */
  readonly url: string;
  /** Name of the NATS cluster that it wants to be part of. */
  readonly cluster: string;
  readonly ca: string;
  readonly identity: Identity;
}

/**
 * Starts a real nats-server of somebody else's that dials the broker as one of its own. It keeps no streams, so that it is
 * no member of theirs.
 * @param folder where it may leave files
 */
export function rogueRoute(network: Network, folder: string, props: RogueRouteProps): Background {
  const { url, cluster, ca, identity } = props;
  return rogueServer(network, folder, (file) => ({
    accounts: { SYS: {}, APP: {} },
    system_account: 'SYS',
    cluster: {
      name: cluster,
      port: 6222,
      tls: {
        ca_file: file('ca.crt', ca),
        cert_file: file('tls.crt', identity.cert),
        key_file: file('tls.key', identity.key),
      },
      routes: [url],
    },
  }));
}
