import { InvalidInput } from '../model/checks.ts';
import type { Credentials } from '../model/credentials.ts';
import { leafUser, passwordName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { refuseFindings, takeStock } from './check.ts';
import { credentialPlan, NATS_CA, type Role } from './plan.ts';
import { trustedRoots } from './roots.ts';
import { certsLine } from './shown-command.ts';
import { shownPath } from './shown-path.ts';
import { readIssued } from './store.ts';

/** A certificate that is in use, and its end. */
export interface HeldCertificate {
  /** File name without ending. */
  readonly name: string;
  readonly role: Role;
  readonly notAfter: Date;
}

export interface LoadedCredentials extends Credentials {
  /** Every certificate of the plan, Linkerd's too. */
  readonly held: readonly HeldCertificate[];
}

/**
 * The credentials of a topology from the folder that `npm run certs` keeps.
 * @throws InvalidInput when anything is missing, out of date or cannot be used; asking the result for a name that
 * the topology does not have throws too
 */
export function loadCredentials(topology: Topology, folder: string, now = new Date()): LoadedCredentials {
  const plan = credentialPlan(topology);
  const stock = takeStock(plan, readIssued(folder), now, folder);
  refuseFindings(stock, folder);
  const missing = (what: string) =>
    new InvalidInput(
      `${shownPath(folder)}: has no ${what} that fits the topology; run \`${certsLine(folder)}\`.`,
    );

  const pairs = new Map<string, { readonly crt: string; readonly key: string }>();
  const held: HeldCertificate[] = [];
  for (const { name, role, signer } of plan.certificates) {
    const { certificate, crt, key } = stock.issued.get(name) ?? {};
    if (!certificate || !crt) throw missing(`certificate '${name}'`);
    held.push({ name, role, notAfter: new Date(certificate.validTo) });
    if (signer === NATS_CA && key) pairs.set(name, { crt, key });
  }
  const passwords = new Map(plan.passwords.map((name) => [name, stock.passwords[name]]));
  for (const [name, password] of passwords) if (!password) throw missing(`password '${name}'`);

  return {
    held,
    natsCa: trustedRoots(NATS_CA, stock.issued),
    revoked: new Set(stock.revoked.map((leaf) => passwordName(topology.brokerCluster.name, leafUser(leaf)))),
    certificate: (name) => {
      const pair = pairs.get(name);
      if (!pair) throw missing(`NATS certificate '${name}'`);
      return pair;
    },
    password: (name) => {
      const password = passwords.get(name);
      if (!password) throw missing(`password '${name}'`);
      return password;
    },
  };
}
