import { hashOf } from '../../../certs/store/password-hashes.ts';
import { clusterApps } from '../../../constructs/cluster-apps.ts';
import { RequiredSecret } from '../../../constructs/index.ts';
import { NatsServer } from '../../../constructs/nats-server.ts';
import type { Credentials } from '../../../model/credentials.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';

/** The main file among those of a server. */
export const MAIN = 'nats-config/nats.conf';

/** What is mounted below `/etc` of each cluster's server as far as the server reads it as configuration, by path. */
export function serverFiles(
  topology: Topology,
  credentials: Credentials,
): Map<string, Record<string, string>> {
  const clusters = new Map<string, Record<string, string>>();
  for (const { name, app } of clusterApps(resolve(topology))) {
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

/**
 * Credentials with passwords of one's own, for configuration that holds no certificate. By default servers are given the
 * passwords themselves, so that every awkward character comes into their configuration.
 */
export const withPasswords = (
  password: (name: string) => string,
  passwordHash: (name: string) => string = password,
): Credentials => ({
  ...{ password, passwordHash, natsCa: '' },
  certificate: () => {
    throw new Error('No certificate is in a configuration file.');
  },
});

/** The same with the hashes that the product makes, for servers that somebody signs in to. */
export const withHashes = (password: (name: string) => string) =>
  withPasswords(password, (name) => hashOf(name, password(name), undefined));
