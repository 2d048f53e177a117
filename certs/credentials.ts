import type { Credentials } from '../model/credentials.ts';
import type { Model } from '../model/model.ts';
import { leafUser, NATS_CA, passwordName } from '../model/names.ts';
import { credentialPlan, type Role } from './plan.ts';
import type { Inventory } from './store/inventory.ts';
import { hashOf } from './store/password-hashes.ts';
import { trustedRoots } from './store/roots.ts';

/** A certificate that is in use, and its end. */
export interface HeldCertificate {
  /** File name without ending. */
  readonly name: string;
  readonly role: Role;
  readonly notAfter: Date;
}

/** Every certificate of a topology, Linkerd's too. @param inventory - as for `credentialsOf` */
export const heldCertificates = (model: Model, { issued }: Inventory): HeldCertificate[] =>
  credentialPlan(model).certificates.map(({ name, role }) => ({
    name,
    role,
    notAfter: new Date(issued.get(name)!.certificate.validTo),
  }));

/**
 * What the Secrets of a topology are made from. Asking the result for a name that the topology does not have throws.
 * @param inventory - as `mint` leaves it: whole, and judged against the same topology
 */
export function credentialsOf(model: Model, inventory: Inventory): Credentials {
  const plan = credentialPlan(model);
  const signed = new Set(
    plan.certificates.filter(({ signer }) => signer === NATS_CA).map(({ name }) => name),
  );
  const passwords = new Set(plan.passwords);
  const passwordOf = (name: string) => {
    const password = passwords.has(name) && inventory.passwords[name];
    if (!password) throw new Error(`The topology has no password '${name}'.`);
    return password;
  };
  return {
    natsCa: trustedRoots(NATS_CA, inventory.issued),
    revoked: new Set(inventory.revoked.map((leaf) => passwordName(model.broker.name, leafUser(leaf)))),
    certificate: (name) => {
      const { crt, key } = (signed.has(name) && inventory.issued.get(name)) || {};
      if (!crt || !key) throw new Error(`The topology has no NATS certificate '${name}'.`);
      return { crt, key };
    },
    password: passwordOf,
    passwordHash: (name) => hashOf(name, passwordOf(name), inventory.hashes[name]),
  };
}
