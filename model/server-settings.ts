/** What an operator may set of nats-server itself. */
import type { Chosen } from './chosen.ts';
import type { Duration, Size } from './jetstream.ts';

/**
 * Settings of the nats-servers of one cluster. A change restarts them, one after the other.
 * @see https://docs.nats.io/running-a-nats-service/configuration
 */
export interface ServerSettings {
  /**
   * Largest message that a client may publish, its headers included, at most `64Mi`. Give all clusters that exchange messages
   * the same value. @default '1Mi'
   */
  readonly maxPayload?: Size;
  /** How many clients one server takes at once. Links of leaves and routes do not count. @default 65536 */
  readonly maxConnections?: number;
  /** How long a server waits for a client that does not read, before it closes that connection. @default '10s' */
  readonly writeDeadline?: Duration;
  /**
   * How much a server logs. `trace` writes the content of messages into the log, too.
   * @default 'info'
   */
  readonly logLevel?: 'info' | 'debug' | 'trace';
}

/** The same for who reads them: `undefined` where nothing is said, and nats-server's own default holds. */
export type ServerSettingsModel = Chosen<ServerSettings, keyof ServerSettings>;

export const NO_SETTINGS: ServerSettingsModel = {
  maxPayload: undefined,
  maxConnections: undefined,
  writeDeadline: undefined,
  logLevel: undefined,
};
