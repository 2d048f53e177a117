/** What is left to do after certificates and passwords that are no root's were made anew. */
import { join } from 'node:path';
import { certificateName, LEAF, passwordName, SYSTEM_USER } from '../model/names.ts';
import { PASSWORDS } from './passwords.ts';
import { credentialPlan, type PlannedCertificate } from './plan.ts';
import type { Renewal } from './rotate.ts';
import { certsLine } from './shown-command.ts';
import { clusters, deliver, issuerUpgrade, type StepsInput, seen, tellMonitoring } from './steps.ts';

export function renewalSteps({ certificates = [], passwords = [] }: Renewal, input: StepsInput): string[] {
  const { carriers, topology } = input;
  const planned = credentialPlan(topology).certificates.filter(({ name }) => certificates.includes(name));
  const others = planned.filter(({ role }) => role !== 'issuer');
  const issuers = clusters(input).filter(({ issuer }) => certificates.includes(issuer));
  const carriedBy = [
    ...others.flatMap(({ name }) => carriers.certificates.get(name) ?? []),
    ...passwords.flatMap((name) => carriers.passwords.get(name) ?? []),
  ];
  return [
    ...issuers.flatMap((cluster) => issuerUpgrade(cluster, input)),
    ...(issuers.length > 0 ? issuersAfterwards : []),
    ...(others.length + passwords.length > 0 ? deliver(carriedBy, input) : []),
    ...(others.some(({ role }) => role === 'server') ? seen(input) : []),
    ...(certificates.length > 0 ? tellMonitoring(input) : []),
    ...handOver(others, passwords, input),
    ...(passwords.length > 0 ? passwordsAfterwards : stolenKeys(others, input)),
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
  { carriers, folder, topology }: StepsInput,
): string[] {
  const outside = [...(topology.brokerCluster.externalClients ?? []).map(({ name }) => name), SYSTEM_USER];
  const file = (name: string) => join(folder, name);
  return [
    ...certificates
      .filter(({ name }) => !carriers.certificates.has(name))
      .map(
        ({ name, commonName }) =>
          `# Hand ${file(name)}.crt and ${file(name)}.key to whoever signs in as ${commonName}.`,
      ),
    ...passwords
      .filter((name) => outside.some((user) => name.endsWith(`/${user}`)))
      .map((name) => `# Hand the password "${name}" of ${file(PASSWORDS)} to whoever signs in with it.`),
  ];
}

/** An old certificate is good until it ends, and a thief of its key is kept out by the password alone. */
function stolenKeys(certificates: readonly PlannedCertificate[], { folder, topology }: StepsInput): string[] {
  const { brokerCluster, leafClusters } = topology;
  const keyed = certificates.filter(({ role }) => role === 'leaf' || role === 'client');
  const [first, ...more] = keyed;
  if (!first) return [];
  const password = more.length > 0 ? '<cluster>/<user>' : passwordName(brokerCluster.name, first.commonName);
  const leaf = leafClusters.find(
    ({ name }) => certificateName(name, LEAF) === first.name && more.length === 0,
  );
  return [
    '# An old certificate is good until it ends. If its key was stolen, rotate the password that goes with it:',
    `#   ${certsLine(folder, `rotate password ${password}`)}`,
    ...(leaf ? [`#   ${certsLine(folder, `revoke leaf ${leaf.name}`)}   # or shut it out`] : []),
  ];
}
