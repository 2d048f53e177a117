import type { JetStream } from '../model/jetstream.ts';
import { jetStreamBlock } from './jetstream-server.ts';
import { SYSTEM_ACCOUNT } from './nats-accounts.ts';
import { type ConfBlock, Include, natsConfig, Variable } from './nats-config.ts';
import { PID_FILE } from './nats-server-objects.ts';
import { CLIENTS, MONITOR } from './server-ports.ts';

export interface ServerConfigProps {
  /** Name of the Kubernetes cluster. */
  readonly cluster: string;
  readonly jetStream: JetStream | undefined;
  /** What makes it a broker or a leaf. */
  readonly role: ConfBlock;
}

/** The text of a server's `nats.conf`. */
export const serverConfig = ({ cluster, jetStream, role }: ServerConfigProps): string =>
  natsConfig({
    server_name: new Variable('SERVER_NAME'),
    port: CLIENTS.port,
    http_port: MONITOR.port,
    pid_file: PID_FILE,
    // A dead peer is noticed after about 50 seconds instead of 5 minutes.
    ping_interval: '20s',
    ping_max: 2,
    // At least 30 seconds, and more than the grace period, or the server does not start.
    lame_duck_duration: '30s',
    lame_duck_grace_period: '10s',
    system_account: SYSTEM_ACCOUNT,
    accounts: { file: new Include('../nats-auth/accounts.conf') },
    jetstream: jetStream && jetStreamBlock(jetStream, cluster),
    ...role,
  });
