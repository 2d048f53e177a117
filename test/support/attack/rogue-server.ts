import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfBlock, natsConfig } from '../../../constructs/nats/write-conf.ts';
import { needed } from '../parts.ts';
import type { Background, Network } from '../stage/network.ts';

/**
 * Starts a real nats-server of somebody else's, with a port 4222 of its own.
 * @param folder where it may leave files
 * @param configure what it is told beside; it is given what makes a file of a text, and says the path
 */
export function rogueServer(
  network: Network,
  folder: string,
  configure: (file: (name: string, text: string) => string) => ConfBlock,
): Background {
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(folder, 'rogue-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  const config = natsConfig({ server_name: 'rogue', port: 4222, ...configure(file) });
  return network.start([needed('nats-server'), '--config', file('nats.conf', config)]);
}
