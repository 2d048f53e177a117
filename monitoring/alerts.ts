import { alertRule } from './alert.ts';
import { certManagerAlerts } from './alerts/cert-manager.ts';
import { certificateAlerts } from './alerts/certificates.ts';
import { jetStreamAlerts } from './alerts/jetstream.ts';
import { expectedLeaves, leafLinkAlerts } from './alerts/leaf-links.ts';
import { meshAlerts } from './alerts/mesh.ts';
import { serverAlerts } from './alerts/servers.ts';
import { siteAlerts } from './alerts/sites.ts';
import { trafficAlerts } from './alerts/traffic.ts';
import type { AlertRule, MonitoredCluster, RecordingRule, RuleGroup } from './monitored-cluster.ts';

/** Where the runbooks are when nobody says otherwise: the path in this project, which is no link in a mail. */
export const RUNBOOK = 'docs/operations.md';

/**
 * The alerts of a cluster, by theme. They read what the NATS exporter shows with `-prefix=nats -varz -leafz -healthz`
 * and, with JetStream, `-jsz=all`; what Linkerd's proxies and its identity controller show; what cert-manager shows, where
 * it makes certificates; and `nats_mtls_certificate_expiration_timestamp_seconds`, which is recorded from the minted ones. A
 * source that is not scraped leaves its alerts silent, except for the servers and cert-manager, whose absence is told of.
 * @param runbook - address of docs/operations.md, to which each alert's anchor is added. @default - its path
 */
export function alertGroups(
  c: MonitoredCluster,
  runbook: string = RUNBOOK,
): RuleGroup<AlertRule | RecordingRule>[] {
  const themes = {
    servers: serverAlerts(c),
    sites: siteAlerts(c),
    traffic: trafficAlerts(c),
    'leaf-links': leafLinkAlerts(c),
    jetstream: jetStreamAlerts(c),
    certificates: certificateAlerts(c),
    'cert-manager': certManagerAlerts(c),
    mesh: meshAlerts(c),
  };
  const groups = Object.entries(themes).map(([theme, alerts]) => ({
    name: `${c.server}-${theme}`,
    rules: alerts.map((alert) => alertRule(alert, c, runbook)),
  }));
  const expected = { name: `${c.server}-expected-leaves`, rules: expectedLeaves(c) };
  return [expected, ...groups].filter(({ rules }) => rules.length > 0);
}
