import { RequiredSecret } from '../../../constructs/index.ts';
import { NatsServer } from '../../../constructs/nats-server.ts';
import { checkTopology } from '../../../model/check-topology.ts';
import type { Credentials } from '../../../model/credentials.ts';
import type { Topology } from '../../../model/topology.ts';
import { clusterApps } from '../../../synth/clusters.ts';

/** The main file among those of a server. */
export const MAIN = 'nats-config/nats.conf';

/** What is mounted below `/etc` of each cluster's server as far as the server reads it as configuration, by path. */
export function serverFiles(
  topology: Topology,
  credentials: Credentials,
): Map<string, Record<string, string>> {
  const clusters = new Map<string, Record<string, string>>();
  for (const { name, app } of clusterApps(checkTopology(topology))) {
    const server = app.node.findAll().find((construct) => construct instanceof NatsServer)!;
    const accounts = RequiredSecret.all(server).find((secret) => secret.name === `${server.name}-accounts`)!;
    const included = Object.entries(accounts.keys).map(([key, text]) => [
      `nats-auth/${key}`,
      text(credentials),
    ]);
    clusters.set(name, { [MAIN]: server.config, ...Object.fromEntries(included) });
  }
  return clusters;
}

/** Credentials with passwords of one's own, for configuration that holds no certificate. */
export const withPasswords = (password: (name: string) => string): Credentials => ({
  ...{ password, natsCa: '' },
  certificate: () => {
    throw new Error('No certificate is in a configuration file.');
  },
});
