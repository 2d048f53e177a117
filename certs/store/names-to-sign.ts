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
    ...new Set(certificates.flatMap(({ signer, names = [] }) => (signer === NATS_CA ? names : []))),
  ];
  return ({ role }: PlannedCertificate): readonly string[] => {
    if (!isCa(role)) return [];
    return isLinkerds(role) ? WORKLOADS : ofNats;
  };
}
