import type { ClusterModel, Model } from '../model/model.ts';
import { ANCHOR, NATS_CA, SOPS_KEY } from '../model/names.ts';
import { everyNatsCertificate } from './nats-certificates.ts';
import { type PlannedCertificate, YEAR } from './planned-certificate.ts';

export type { PlannedCertificate, Role } from './planned-certificate.ts';

/** Every certificate and password that a topology needs. A CA comes before what it signs. */
export interface CredentialPlan {
  readonly certificates: readonly PlannedCertificate[];
  /** Keys of `passwords.json`. */
  readonly passwords: readonly string[];
}

/** What has to be minted for a topology, in a stable order. */
export function credentialPlan(model: Model): CredentialPlan {
  return {
    certificates: [...linkerdCertificates(model.clusters), ...natsCertificates(model)],
    passwords: [...userPasswords(model), ...(model.secrets.kind === 'sops' ? [SOPS_KEY] : [])],
  };
}

/** The passwords that somebody signs in with. */
export const userPasswords = ({ clusters }: Pick<Model, 'clusters'>) =>
  // One of a leaf is known to every site.
  [...new Set(clusters.flatMap(({ users }) => users.map(({ password }) => password)))];

/** Names and lifetimes as in https://linkerd.io/2/tasks/generate-certificates/ */
function linkerdCertificates(clusters: readonly ClusterModel[]): PlannedCertificate[] {
  const ca = { role: 'anchor', days: 10 * YEAR, pathLength: 1 } as const;
  const shared = { ...ca, name: ANCHOR, commonName: 'root.linkerd.cluster.local' };
  const sharing = clusters.some(({ anchor }) => anchor === ANCHOR);
  // Each is called after its cluster, so that people can tell one from another.
  const own = clusters.flatMap(({ name: cluster, anchor: name }) =>
    name === ANCHOR ? [] : [{ ...ca, name, commonName: name, cluster }],
  );
  const issuers = clusters.map(({ issuer, anchor }) => ({
    name: issuer,
    role: 'issuer' as const,
    commonName: 'identity.linkerd.cluster.local',
    signer: anchor,
    days: YEAR,
    pathLength: 0,
  }));
  return [...(sharing ? [shared] : []), ...own, ...issuers];
}

/** Names of the clusters where cert-manager makes what it can. */
export const delegating = ({ clusters }: Pick<Model, 'clusters'>): string[] =>
  clusters.flatMap(({ name, certificates }) => (certificates.kind === 'cert-manager' ? [name] : []));

/** The certificates that cert-manager makes, by cluster; one where it makes none is not there. */
export function delegatedCertificates(model: Model): ReadonlyMap<string, readonly PlannedCertificate[]> {
  const made = new Map<string, PlannedCertificate[]>();
  const clusters = new Set(delegating(model));
  if (clusters.size === 0) return made;
  for (const { planned, cluster, inside } of everyNatsCertificate(model)) {
    if (inside && clusters.has(cluster)) made.set(cluster, [...(made.get(cluster) ?? []), planned]);
  }
  return made;
}

/** The NATS CA and what is minted below it: certificates, and the CAs with which cert-manager makes others. */
function natsCertificates(model: Model): PlannedCertificate[] {
  const made = delegatedCertificates(model);
  const elsewhere = new Set([...made.values()].flat().map(({ name }) => name));
  const intermediates = model.clusters.flatMap(({ name, certificates }): PlannedCertificate[] => {
    const intermediate = certificates.kind === 'cert-manager' && certificates.intermediate;
    const permitted = made.get(name)?.flatMap(({ names = [] }) => names);
    if (!intermediate || !permitted) return [];
    const ca = { role: 'nats-issuer', signer: NATS_CA, days: 3 * YEAR, pathLength: 0 } as const;
    return [{ ...ca, name: intermediate, commonName: intermediate, permitted }];
  });
  return [
    { name: NATS_CA, role: 'nats-ca', commonName: NATS_CA, days: 10 * YEAR, pathLength: 1 },
    ...intermediates,
    ...everyNatsCertificate(model).flatMap(({ planned }) => (elsewhere.has(planned.name) ? [] : [planned])),
  ];
}
