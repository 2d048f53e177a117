import { NATS_CA } from '../../model/names.ts';
import type { CredentialPlan, PlannedCertificate } from '../plan.ts';
import { isCa, isLinkerds } from '../x509/profile.ts';

/** Two of the names that Linkerd's identity gives to workloads: whatever takes both takes all. */
const WORKLOADS = ['default.nats-system', 'linkerd-identity.linkerd'].map(
  (account) => `${account}.serviceaccount.identity.linkerd.cluster.local`,
);

/** What each CA has to sign for. A root that comes or goes signs for what the present one does. */
export function namesToSign({ certificates }: CredentialPlan) {
  const ofNats = [
    ...new Set(
      certificates.flatMap(({ signer, names = [], permitted = [] }) =>
        signer === NATS_CA ? [...names, ...permitted] : [],
      ),
    ),
  ];
  return ({ role, permitted }: PlannedCertificate): readonly string[] => {
    // One that has the wrong names is minted again.
    if (!isCa(role) || permitted) return [];
    return isLinkerds(role) ? WORKLOADS : ofNats;
  };
}
