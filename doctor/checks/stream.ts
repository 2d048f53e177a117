import { problem, type Verdict, warning } from '../finding.ts';
import type { Seen, Store, StreamDetail } from '../jsz.ts';

/** Nanoseconds for which a mirror may hear nothing; its origin sends a heartbeat every second when it is idle. */
const SILENCE = 30e9;

/** Messages that a mirror may be behind before it is said. */
export const BACKLOG = 1000;

/** Share of a limit from which it is said. */
const NEARLY_FULL = 0.9;

/** Whether a stream is led and has all its copies. */
export function copies({ detail, byLeader }: Seen<StreamDetail>, replicas: number): Verdict[] {
  const { name, config, cluster } = detail;
  if (cluster && !cluster.leader) {
    return [
      problem(
        `the stream ${name} has no leader`,
        'nothing that is published to it is acknowledged',
        'bring a majority of its servers back',
      ),
    ];
  }
  const why = 'with one server less, acknowledged messages could be lost';
  const behind = byLeader ? (cluster?.replicas ?? []).filter(({ current }) => !current) : [];
  const late = behind.map((replica) =>
    warning(
      `the copy of the stream ${name} on ${replica.name} is ${replica.lag ?? 0} messages behind or out of reach`,
      why,
      'see that this server runs; it catches up by itself',
    ),
  );
  if (config.num_replicas === replicas) return late;
  const number = warning(
    `the stream ${name} has ${config.num_replicas} copies instead of ${replicas}`,
    why,
    'the log of nats-streams says why it does not change this',
  );
  return [...late, number];
}

/** Whether a stream has left the servers that are to keep none. */
export function leaving(detail: StreamDetail, servers: readonly string[]): Verdict[] {
  const on = serversOf(detail);
  const still = servers.filter((server) => on.includes(server));
  if (still.length === 0) return [];
  return [
    warning(
      `the stream ${detail.name} still has a copy on ${still.join(' and ')}`,
      'what is to go may not go before that',
      'wait until nats-streams has moved it; its log says what hinders it',
    ),
  ];
}

const serversOf = ({ cluster }: StreamDetail) => [
  ...(cluster?.leader === undefined ? [] : [cluster.leader]),
  ...(cluster?.replicas ?? []).map(({ name }) => name),
];

/** Whether each copy of a stream is on a site of its own. @param siteOf the site of a server, by what that calls itself */
export function sharing(detail: StreamDetail, siteOf: (server: string) => string): Verdict[] {
  const { name } = detail;
  const sites = serversOf(detail).map(siteOf);
  const shared = new Set(sites.filter((site, i) => sites.indexOf(site) < i));
  return [...shared].map((site) =>
    warning(
      `${sites.filter((other) => other === site).length} copies of the stream ${name} are on the site ${site}`,
      'without that site nothing would be acknowledged',
      'wait until nats-streams has moved them; its log says what hinders it',
    ),
  );
}

/** Whether a mirror hears of its stream and keeps up with it. */
export function mirror({ name, mirror: from }: StreamDetail, cluster: string): Verdict[] {
  if (!from) return [];
  // Its lag counts from what it last heard, so that it stays 0 while the link is cut.
  if (from.active < 0 || from.active > SILENCE) {
    const since = from.active < 0 ? 'since it started' : `for ${Math.round(from.active / 1e9)} s`;
    const said = from.error?.description ? ` (${from.error.description})` : '';
    return [
      problem(
        `the mirror ${name} has not heard of its stream ${since}${said}`,
        `what is published meanwhile does not reach ${cluster}`,
        'see that the leaf link is up; docs/operations.md, "The link is cut"',
      ),
    ];
  }
  if (from.lag <= BACKLOG) return [];
  return [
    warning(
      `the mirror ${name} is ${from.lag} messages behind`,
      'its readers get old messages',
      'run this again: the number should fall; if not, the link is too slow for what is published',
    ),
  ];
}

/** Whether a stream is about to drop messages for want of `maxBytes`. */
export function space({ name, config, state }: StreamDetail): Verdict[] {
  if (config.max_bytes <= 0 || state.bytes < config.max_bytes * NEARLY_FULL) return [];
  return [
    warning(
      `the stream ${name} has ${percent(state.bytes, config.max_bytes)} of its maxBytes`,
      'its oldest messages make way for new ones, before their maxAge is over',
      'raise maxBytes in topology.ts, and the volume with it',
    ),
  ];
}

/** Whether a server has room left for streams. */
export function room({ pod, used, most }: Store): Verdict[] {
  if (most === 0 || used < most * NEARLY_FULL) return [];
  return [
    warning(
      `${pod} has used ${percent(used, most)} of its storage for streams`,
      'a server without room acknowledges nothing',
      'let its volume grow as docs/operations.md says',
    ),
  ];
}

const percent = (part: number, whole: number) => `${Math.round((part / whole) * 100)}%`;
