import type { JetStreamModel } from '../../model/jetstream.ts';
import type { ServerSettings } from '../../model/server-settings.ts';
import { PID_FILE } from '../kubernetes/server-objects.ts';
import { jetStreamBlock } from '../kubernetes/server-volumes.ts';
import { SYSTEM_ACCOUNT } from './accounts.ts';
import { type RoutesProps, routes, serverTags } from './routes.ts';
import { CLIENTS, MONITOR } from './server-ports.ts';
import { settingsBlock } from './server-settings.ts';
import { type ConfBlock, Include, natsConfig, Variable } from './write-conf.ts';

export interface ServerConfigProps extends RoutesProps {
  readonly jetStream: JetStreamModel | undefined;
  readonly settings: ServerSettings;
  /** What makes it a broker or a leaf. */
  readonly role: ConfBlock;
}

/** The text of a server's `nats.conf`. */
export const serverConfig = ({ jetStream, settings, role, ...servers }: ServerConfigProps): string =>
  natsConfig({
    server_name: new Variable('SERVER_NAME'),
    server_tags: servers.sites && serverTags(servers.cluster, servers.sites),
    port: CLIENTS.port,
    http_port: MONITOR.port,
    pid_file: PID_FILE,
    // A dead peer is noticed after about 50 seconds instead of 5 minutes.
    ping_interval: '20s',
    ping_max: 2,
    // At least 30 seconds, and more than the grace period, or the server does not start.
    lame_duck_duration: '30s',
    lame_duck_grace_period: '10s',
    ...settingsBlock(settings),
    system_account: SYSTEM_ACCOUNT,
    accounts: { file: new Include('../nats-auth/accounts.conf') },
    jetstream: jetStream && jetStreamBlock(jetStream, servers),
    ...role,
    cluster: routes(servers),
  });
