/** Shuts out one leaf cluster: its NATS user is no longer among the broker's, so its certificate maps to nobody. */
import { refuse, shown } from '../model/checks.ts';
import type { Model } from '../model/model.ts';
import { certificateName, LEAF, leafUser, passwordName } from '../model/names.ts';
import { credentialPlan } from './plan.ts';
import { type Renewal, requireKnown, without } from './rotate.ts';
import type { Inventory } from './store/inventory.ts';
import { formatRevoked, REVOKED } from './store/revoked.ts';
import { type ChangeOptions, changeSet, type Edit } from './store/transaction.ts';

/**
 * Marks a leaf cluster as shut out. Its files stay, so that the manifests of its cluster can still be made.
 * @returns the inventory afterwards
 * @throws InvalidInput when there is no such leaf, or it is shut out already
 */
export function revokeLeaf(
  model: Model,
  folder: string,
  cluster: string,
  options: ChangeOptions = {},
): Inventory {
  checkLeaf(model, cluster);
  const edit = (inventory: Inventory): Edit => {
    if (inventory.revoked.includes(cluster)) {
      refuse(
        { owner: 'certs', property: 'revoke leaf' },
        `${shown(cluster)} is revoked already; deliver it with npm run synth`,
      );
    }
    const revoked = [...inventory.revoked, cluster].sort();
    return { inventory: { ...inventory, revoked }, files: new Map([[REVOKED, formatRevoked(revoked)]]) };
  };
  return changeSet(credentialPlan(model), folder, options, edit).after;
}

/**
 * Lets a leaf cluster in again, with a new key, certificate and password: the old ones together are still refused,
 * because the password is asked for as well.
 * @returns what was renewed, and the inventory afterwards
 * @throws InvalidInput when there is no such leaf, or it is not shut out
 */
export function reinstateLeaf(
  model: Model,
  folder: string,
  cluster: string,
  options: ChangeOptions = {},
): { readonly renewal: Renewal; readonly inventory: Inventory } {
  checkLeaf(model, cluster);
  const plan = credentialPlan(model);
  const certificate = certificateName(cluster, LEAF);
  const renewal = {
    certificates: plan.certificates.flatMap(({ name }) => (name === certificate ? [name] : [])),
    passwords: [leafPassword(model, cluster)],
  };
  const { after } = changeSet(plan, folder, options, (inventory): Edit => {
    if (!inventory.revoked.includes(cluster)) {
      refuse(
        { owner: 'certs', property: 'reinstate leaf' },
        `${shown(cluster)} is not revoked; use rotate leaf`,
      );
    }
    const revoked = inventory.revoked.filter((name) => name !== cluster);
    const text = revoked.length > 0 ? formatRevoked(revoked) : undefined;
    return { inventory: { ...without(inventory, renewal), revoked }, files: new Map([[REVOKED, text]]) };
  });
  return { renewal, inventory: after };
}

const checkLeaf = ({ leaves }: Model, cluster: string) =>
  requireKnown(
    'leaf',
    cluster,
    leaves.map(({ name }) => name),
  );

/** The password with which a leaf signs in to the broker. */
export const leafPassword = ({ broker }: Model, cluster: string) =>
  passwordName(broker.name, leafUser(cluster));
