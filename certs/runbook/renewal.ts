/** What is left to do after certificates and passwords that are no root's were made anew. */
import { join } from 'node:path';
import type { Model, UserModel } from '../../model/model.ts';
import { certificateName, NATS_ISSUER } from '../../model/names.ts';
import { renewLine } from '../../terminal/renew-line.ts';
import { certsLine } from '../../terminal/shown-command.ts';
import { credentialPlan, type PlannedCertificate } from '../plan.ts';
import type { Renewal } from '../rotate.ts';
import { PASSWORDS } from '../store/passwords.ts';
import { deliver, issuerUpgrade, type StepsInput, seen, tellMonitoring } from './deliver.ts';

export function renewalSteps({ certificates = [], passwords = [] }: Renewal, input: StepsInput): string[] {
  const { secretRefs, model } = input;
  const planned = credentialPlan(model).certificates.filter(({ name }) => certificates.includes(name));
  const others = planned.filter(({ role }) => role !== 'issuer');
  const issuers = model.clusters.filter(({ issuer }) => certificates.includes(issuer));
  const carriedBy = [
    ...others.flatMap(({ name }) => secretRefs.certificates.get(name) ?? []),
    ...passwords.flatMap((name) => secretRefs.passwords.get(name) ?? []),
  ];
  return [
    ...issuers.flatMap((cluster) => issuerUpgrade(cluster, input)),
    ...(issuers.length > 0 ? issuersAfterwards : []),
    ...(others.length + passwords.length > 0 ? deliver(carriedBy, input, passwords.length > 0) : []),
    ...(others.some(({ role }) => role === 'server') ? seen(input) : []),
    ...signedFromNowOn(others, input),
    ...(certificates.length > 0 ? tellMonitoring(input) : []),
    ...handOver(others, passwords, input),
    ...(passwords.length > 0 ? passwordsAfterwards : stolenKeys(others, input)),
  ];
}

/** A CA of cert-manager's: what it has signed stays good until it ends. */
function signedFromNowOn(certificates: readonly PlannedCertificate[], { model }: StepsInput): string[] {
  const clusters = model.clusters.filter((cluster) =>
    certificates.some(({ name }) => name === certificateName(cluster.name, NATS_ISSUER)),
  );
  if (clusters.length === 0) return [];
  return [
    '# cert-manager signs with the new CA whenever a certificate is due. To have all of them made now:',
    ...clusters.map(({ name }) => renewLine(name, model.namespace)),
    '# The old CA is trusted until it ends. If its key was stolen, rotate the NATS CA above it.',
  ];
}

const issuersAfterwards = [
  '# Nothing of an old issuer has to stay: workloads take certificates of the new one within 24 hours, the old ones',
  '# stay good until then.',
];

const passwordsAfterwards = [
  '# A server refuses the old password as soon as it has read the new one. Leaves that are connected stay so.',
];

/** What has to reach people and programs outside the clusters, whom no Secret serves. */
function handOver(
  certificates: readonly PlannedCertificate[],
  passwords: readonly string[],
  { secretRefs, folder, model }: StepsInput,
): string[] {
  const kinds: readonly UserModel['kind'][] = ['external', 'device', 'system'];
  const outside = usersOf(model).filter(({ kind }) => kinds.includes(kind));
  const file = (name: string) => join(folder, name);
  return [
    ...certificates
      .filter(({ name }) => !secretRefs.certificates.has(name))
      .map(
        ({ name, commonName }) =>
          `# Hand ${file(name)}.crt and ${file(name)}.key to whoever signs in as ${commonName}.`,
      ),
    ...passwords
      .filter((name) => outside.some(({ password }) => password === name))
      .map((name) => `# Hand the password "${name}" of ${file(PASSWORDS)} to whoever signs in with it.`),
  ];
}

const usersOf = ({ clusters }: Model) => clusters.flatMap(({ users }) => users);

/** An old certificate is good until it ends, and a thief of its key is kept out by the password alone. */
function stolenKeys(certificates: readonly PlannedCertificate[], { folder, model }: StepsInput): string[] {
  const keyed = certificates.filter(({ role }) => role === 'leaf' || role === 'client');
  const [first, ...more] = keyed;
  if (!first) return [];
  const [user] = usersOf(model).filter(({ certificate }) => certificate === first.name);
  const password = more.length > 0 || !user ? '<cluster>/<user>' : user.password;
  const leaf = more.length === 0 && model.leaves.find(({ certificate }) => certificate === first.name);
  return [
    '# An old certificate is good until it ends. If its key was stolen, rotate the password that goes with it:',
    `#   ${certsLine(folder, `rotate password ${password}`)}`,
    ...(leaf ? [`#   ${certsLine(folder, `revoke leaf ${leaf.name}`)}   # or shut it out`] : []),
  ];
}
