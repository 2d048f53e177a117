import { type Place, refuse, shown } from '../checks.ts';
import { bytes } from '../quantities.ts';
import type { ServerSettings } from '../server-settings.ts';
import { checkDuration, checkSize } from './check-jetstream.ts';

export const NOT_CONNECTIONS = 'is not a number of clients; use a whole number from 1 to 1000000';
export const LOG_LEVELS = ['info', 'debug', 'trace'] as const;

/** nats-server holds as much for a client that does not read, `max_pending`, and does not start with more than that. */
const LARGEST = '64Mi';

/** Below this the servers' own messages do not fit. */
const SMALLEST = '64Ki';

const MOST = 1_000_000;

/** Settings as nats-server takes them. @throws InvalidInput that names the property */
export function checkServerSettings(
  at: (property: string) => Place,
  settings: ServerSettings = {},
): ServerSettings {
  const { maxPayload, maxConnections, writeDeadline, logLevel } = settings;
  if (maxPayload !== undefined) {
    const size = bytes(checkSize(at('maxPayload'), maxPayload));
    if (size > bytes(LARGEST) || size < bytes(SMALLEST))
      refuse(
        at('maxPayload'),
        `${shown(maxPayload)} is outside ${SMALLEST} to ${LARGEST}; use for example 8Mi`,
      );
  }
  if (
    maxConnections !== undefined &&
    !(Number.isInteger(maxConnections) && maxConnections >= 1 && maxConnections <= MOST)
  )
    refuse(at('maxConnections'), `${shown(maxConnections)} ${NOT_CONNECTIONS}`);
  if (writeDeadline !== undefined) checkDuration(at('writeDeadline'), writeDeadline);
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel))
    refuse(at('logLevel'), `${shown(logLevel)} is not a choice; use ${LOG_LEVELS.join(' or ')}`);
  return settings;
}
