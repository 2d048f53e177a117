/** Shuts out one leaf cluster: its NATS user is no longer among the broker's, so its certificate maps to nobody. */
import { refuse, shown } from '../model/checks.ts';
import { certificateName, LEAF, leafUser, passwordName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { type ChangeOptions, changeSet, type Edit } from './change.ts';
import type { Inventory } from './check.ts';
import { credentialPlan } from './plan.ts';
import { formatRevoked, REVOKED } from './revoked.ts';
import { known, type Renewal, without } from './rotate.ts';

/**
 * Marks a leaf cluster as shut out. Its files stay, so that the manifests of its cluster can still be made.
 * @returns the stock afterwards
 * @throws InvalidInput when there is no such leaf, or it is shut out already
 */
export function revokeLeaf(
  topology: Topology,
  folder: string,
  cluster: string,
  options: ChangeOptions = {},
): Inventory {
  checkLeaf(topology, cluster);
  const edit = (stock: Inventory): Edit => {
    if (stock.revoked.includes(cluster)) {
      refuse(
        { owner: 'certs', property: 'revoke leaf' },
        `${shown(cluster)} is revoked already; deliver it with npm run synth`,
      );
    }
    const revoked = [...stock.revoked, cluster].sort();
    return { stock: { ...stock, revoked }, files: new Map([[REVOKED, formatRevoked(revoked)]]) };
  };
  return changeSet(credentialPlan(topology), folder, options, edit).after;
}

/**
 * Lets a leaf cluster in again, with a new key, certificate and password: the old ones together are still refused,
 * because the password is asked for as well.
 * @returns what was renewed, and the stock afterwards
 * @throws InvalidInput when there is no such leaf, or it is not shut out
 */
export function reinstateLeaf(
  topology: Topology,
  folder: string,
  cluster: string,
  options: ChangeOptions = {},
): { readonly renewal: Renewal; readonly stock: Inventory } {
  checkLeaf(topology, cluster);
  const plan = credentialPlan(topology);
  const certificate = certificateName(cluster, LEAF);
  const renewal = {
    certificates: plan.certificates.flatMap(({ name }) => (name === certificate ? [name] : [])),
    passwords: [leafPassword(topology, cluster)],
  };
  const { after } = changeSet(plan, folder, options, (stock): Edit => {
    if (!stock.revoked.includes(cluster)) {
      refuse(
        { owner: 'certs', property: 'reinstate leaf' },
        `${shown(cluster)} is not revoked; use rotate leaf`,
      );
    }
    const revoked = stock.revoked.filter((name) => name !== cluster);
    const text = revoked.length > 0 ? formatRevoked(revoked) : undefined;
    return { stock: { ...without(stock, renewal), revoked }, files: new Map([[REVOKED, text]]) };
  });
  return { renewal, stock: after };
}

const checkLeaf = ({ leafClusters }: Topology, cluster: string) =>
  known(
    'leaf',
    cluster,
    leafClusters.map(({ name }) => name),
  );

/** The password with which a leaf signs in to the broker. */
export const leafPassword = ({ brokerCluster }: Topology, cluster: string) =>
  passwordName(brokerCluster.name, leafUser(cluster));
