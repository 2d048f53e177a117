import type { Credentials } from '../model/credentials.ts';
import { leafUser, passwordName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import type { Inventory } from './check.ts';
import { credentialPlan, NATS_CA, type Role } from './plan.ts';
import { trustedRoots } from './roots.ts';

/** A certificate that is in use, and its end. */
export interface HeldCertificate {
  /** File name without ending. */
  readonly name: string;
  readonly role: Role;
  readonly notAfter: Date;
}

/** Every certificate of a topology, Linkerd's too. @param stock - as for `credentialsOf` */
export const heldCertificates = (topology: Topology, { issued }: Inventory): HeldCertificate[] =>
  credentialPlan(topology).certificates.map(({ name, role }) => ({
    name,
    role,
    notAfter: new Date(issued.get(name)!.certificate.validTo),
  }));

/**
 * What the Secrets of a topology are made from. Asking the result for a name that the topology does not have throws.
 * @param stock - as `mint` leaves it: whole, and judged against the same topology
 */
export function credentialsOf(topology: Topology, stock: Inventory): Credentials {
  const plan = credentialPlan(topology);
  const signed = new Set(
    plan.certificates.filter(({ signer }) => signer === NATS_CA).map(({ name }) => name),
  );
  const passwords = new Set(plan.passwords);
  return {
    natsCa: trustedRoots(NATS_CA, stock.issued),
    revoked: new Set(stock.revoked.map((leaf) => passwordName(topology.brokerCluster.name, leafUser(leaf)))),
    certificate: (name) => {
      const { crt, key } = (signed.has(name) && stock.issued.get(name)) || {};
      if (!crt || !key) throw new Error(`The topology has no NATS certificate '${name}'.`);
      return { crt, key };
    },
    password: (name) => {
      const password = passwords.has(name) && stock.passwords[name];
      if (!password) throw new Error(`The topology has no password '${name}'.`);
      return password;
    },
  };
}
