import { bytes, seconds } from '../../model/quantities.ts';
import type { ServerSettings } from '../../model/server-settings.ts';
import type { ConfBlock } from './write-conf.ts';

/** What `nats.conf` says of the settings. What is not set is not written: nats-server's own default holds. */
export const settingsBlock = ({
  maxPayload,
  maxConnections,
  writeDeadline,
  logLevel,
}: ServerSettings): ConfBlock => ({
  max_payload: maxPayload === undefined ? undefined : bytes(maxPayload),
  max_connections: maxConnections,
  // nats-server's durations know no days.
  write_deadline: writeDeadline === undefined ? undefined : `${seconds(writeDeadline)}s`,
  debug: logLevel === 'debug' || logLevel === 'trace' ? true : undefined,
  trace: logLevel === 'trace' ? true : undefined,
});
