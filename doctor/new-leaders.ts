import type { StreamDetail } from './jsz.ts';
import type { Target } from './target.ts';

/** Milliseconds for which a leader is new. */
const NEW = 10 * 60_000;

/** A stream whose leader is so for some minutes at most. */
export interface NewLeader {
  readonly stream: string;
  /** Seconds for which that server has led. */
  readonly leads: number;
  /** Seconds since what last brought an election: that server started, a route of it was made or is gone, or the stream was made. */
  readonly undisturbed: number;
}

/**
 * Of the streams that a server leads, those that it did not lead some minutes ago.
 * @param pod - its pod
 * @param now - what its clock shows
 * @param led - what it says of the streams that it leads
 */
export async function newLeaders(
  target: Target,
  pod: string,
  now: number,
  led: readonly StreamDetail[],
): Promise<NewLeader[]> {
  const recent = led.flatMap(({ name, created, cluster }) => {
    const since = cluster?.leader_since === undefined ? Number.NaN : Date.parse(cluster.leader_since);
    return now - since < NEW ? [{ stream: name, created, since }] : [];
  });
  if (recent.length === 0) return [];
  const [{ start }, { routes = [] }]: [Started, { routes?: readonly Route[] }] = await Promise.all([
    target.monitor(pod, 'varz'),
    target.monitor(pod, 'routez'),
  ]);
  const others = target.wanted.server.pods.length - 1 + target.wanted.otherServers.length;
  const isComplete = new Set(routes.map(({ remote_name }) => remote_name)).size >= others;
  const starts = [start, ...routes.map((route) => route.start)];
  return recent.map(({ stream, created, since }) => ({
    stream,
    leads: Math.round((now - since) / 1000),
    undisturbed: isComplete
      ? Math.round((now - Math.max(...[...starts, created].map(Date.parse))) / 1000)
      : 0,
  }));
}

interface Started {
  readonly start: string;
}

interface Route extends Started {
  readonly remote_name: string;
}
