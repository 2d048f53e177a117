import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsConfig } from '../../constructs/nats/write-conf.ts';
import type { Identity } from './nats-wire.ts';
import { needed } from './parts.ts';
import type { Background, Network } from './stage/network.ts';

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
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(folder, 'rogue-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  const config = natsConfig({
    server_name: 'rogue',
    port: 4222,
    accounts: { SYS: {}, APP: {} },
    system_account: 'SYS',
    cluster: {
      name: props.cluster,
      port: 6222,
      tls: {
        ca_file: file('ca.crt', props.ca),
        cert_file: file('tls.crt', props.identity.cert),
        key_file: file('tls.key', props.identity.key),
      },
      routes: [props.url],
    },
  });
  return network.start([needed('nats-server'), '--config', file('nats.conf', config)]);
}
