import { isDeepStrictEqual } from 'node:util';
import { CONFIG_FILE } from '../../constructs/nats/config-file.ts';
import { type Conf, readConf } from '../../constructs/nats/read-conf.ts';
import { kept, type ManifestPromise } from './objects.ts';

/**
 * What may be said otherwise of a nats-server: nothing of it is about who connects, how, or what they may do.
 * @see https://docs.nats.io/running-a-nats-service/configuration
 */
export const TUNABLE = new Set([
  'connect_error_reports',
  'debug',
  'disable_sublist_cache',
  'lame_duck_duration',
  'lame_duck_grace_period',
  'logtime',
  'logtime_utc',
  'max_connections',
  'max_control_line',
  'max_payload',
  'max_pending',
  'max_subscription_tokens',
  'max_subscriptions',
  'no_fast_producer_stall',
  'ping_interval',
  'ping_max',
  'reconnect_error_reports',
  'server_tags',
  'trace',
  'write_deadline',
]);

/** The configuration of a server keeps its listeners, certificates, users and streams. */
export const serverConf: ManifestPromise = (before, after) =>
  kept(before, after).flatMap(([id, was, is]) => {
    const [old, text] = [was.data?.[CONFIG_FILE], is.data?.[CONFIG_FILE]];
    if (old === undefined || old === text) return [];
    if (text === undefined) return [`${id} has no ${CONFIG_FILE} any more`];
    const now = read(text);
    if (!now)
      return [`${id} has a ${CONFIG_FILE} in another form; add lines such as max_subscriptions: 1000`];
    const before = read(old) ?? {};
    // The tags that are there already keep two copies of a stream from one site.
    const isTunable = (key: string) => TUNABLE.has(key) && !(key === 'server_tags' && key in before);
    const changed = changedKeys(before, now).filter((key) => !isTunable(key));
    const all = [...TUNABLE].join(', ');
    return changed.map((key) => `${id} says something else of ${key}; what may be said here is ${all}`);
  });

function read(text: string): Conf | undefined {
  try {
    return readConf(text, (path) => `included: "${path}"`);
  } catch {
    return undefined;
  }
}

const changedKeys = (old: Conf, now: Conf) =>
  [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => !isDeepStrictEqual(old[key], now[key]),
  );
