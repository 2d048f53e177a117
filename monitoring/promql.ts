import { podNames } from '../model/names.ts';
import type { KeptStream, MonitoredCluster } from './monitored-cluster.ts';

/** A matcher of names; those of the topology hold nothing that a regular expression would read otherwise. */
export const oneOf = (label: string, names: readonly string[]) => `${label}=~"${names.join('|')}"`;

/** Matchers for the series of a cluster's NATS servers, to be put into `{}`. */
export const servers = (c: MonitoredCluster, ...more: readonly string[]) =>
  [`cluster="${c.cluster}"`, `namespace="${c.namespace}"`, `app="${c.server}"`, ...more].join(',');

export const namesOf = (streams: readonly KeptStream[]) => streams.map(({ name }) => name);

/**
 * Matchers for series that others than we scrape. They bear our `cluster` label only where somebody adds it, which
 * has to be done where one Prometheus sees several clusters.
 */
export const foreign = (c: MonitoredCluster, ...more: readonly string[]) =>
  [oneOf('cluster', [c.cluster, '']), ...more].join(',');

/** Names of the pods of a cluster's servers, which a StatefulSet gives. */
export const pods = (c: MonitoredCluster) => podNames(c.server, c.replicas);

/**
 * One result, with the pod's name, for each server without such a series. It does not matter why: the exporter goes on
 * showing a dead server's last `varz`, while a target that cannot be scraped, or was never found, shows nothing.
 */
export const absentOnAnyServer = (c: MonitoredCluster, metric: string, ...more: readonly string[]) =>
  pods(c)
    .map((pod) => `absent(${metric}{${servers(c, `pod="${pod}"`, ...more)}})`)
    .join('\nor\n');
