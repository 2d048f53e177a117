/** What `npm run certs -- check` says. Pure: it is given the files and the time. */

import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Model } from '../model/model.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import type { CredentialPlan, PlannedCertificate, Role } from './plan.ts';
import type { SecretRef, SecretRefs } from './secret-refs.ts';
import { findingLine, type Inventory } from './store/inventory.ts';
import {
  anchorsOf,
  passingRoots,
  rootsOf,
  rotateWords,
  type Stage,
  stageOf,
  trustedBy,
} from './store/roots.ts';
import { DAY, missingCertificates, missingPasswords } from './store/transaction.ts';

export interface CertificateReport {
  readonly name: string;
  readonly role: Role;
  readonly subject: string;
  /** Name of the CA here that signed it, `itself`, or the issuer of a company's PKI. */
  readonly signedBy: string;
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Whole days that are left; negative once it has expired. */
  readonly daysLeft: number;
  /** The Secrets or `linkerd` flags that take it to the clusters. */
  readonly carriedBy: readonly string[];
}

export interface PasswordReport {
  readonly name: string;
  readonly carriedBy: readonly string[];
}

export interface Report {
  readonly certificates: readonly CertificateReport[];
  readonly passwords: readonly PasswordReport[];
  /** Stages of the rotations that are under way, by root. */
  readonly rotations: Readonly<Record<string, Stage>>;
  readonly revoked: readonly string[];
  /** What may not be meant, one sentence each. */
  readonly notes: readonly string[];
  /** One sentence each. */
  readonly problems: readonly string[];
  /** Names of the certificates that are good and end within the days that were asked for. */
  readonly expiring: readonly string[];
}

export interface ReportInput {
  readonly model: Model;
  readonly plan: CredentialPlan;
  readonly inventory: Inventory;
  readonly secretRefs: SecretRefs;
  readonly folder: string;
  /** Paths that others can read. */
  readonly loose: readonly string[];
  /** Paths of folders within the folder. */
  readonly nested: readonly string[];
  /** Files of anchors that are being rotated, which are not there. */
  readonly missingBundles: readonly string[];
  readonly now: Date;
  /** Certificates that end within so many days are named. */
  readonly days: number;
}

export function report(input: ReportInput): Report {
  const { plan, inventory, secretRefs, now, days } = input;
  const planned = [...plan.certificates, ...passingRoots(plan)];
  const certificates = planned.flatMap((one) => certificateReport(one, input) ?? []);
  const rotations = rootsOf(plan).flatMap(({ name: root }) => {
    const stage = stageOf(root, inventory.issued);
    return stage ? [[root, stage] as const] : [];
  });
  const ends = now.getTime() + days * DAY;
  return {
    certificates,
    passwords: plan.passwords
      .filter((name) => Object.hasOwn(inventory.passwords, name))
      .map((name) => ({ name, carriedBy: secrets(secretRefs.passwords.get(name)) })),
    rotations: Object.fromEntries(rotations),
    revoked: inventory.revoked,
    notes: input.nested.map(
      (path) =>
        `${shownPath(path)}: is a folder, and nothing in it is used; to restore a backup, see "Backup and restore" in docs/certificates.md.`,
    ),
    problems: problems(input),
    expiring: certificates
      .filter(({ name, to }) => inventory.issued.has(name) && Date.parse(to) < ends)
      .map(({ name }) => name),
  };
}

/** Whose certificate it is and who signed it, each on one line: node:crypto puts every part of a name on its own. */
export function namesOf({ signer }: PlannedCertificate, { subject, issuer }: X509Certificate) {
  const oneLine = (name: string) => name.replaceAll('\n', ', ');
  return { subject: oneLine(subject), signedBy: signer ?? (subject === issuer ? 'itself' : oneLine(issuer)) };
}

function certificateReport(planned: PlannedCertificate, input: ReportInput): CertificateReport | undefined {
  const { inventory, now } = input;
  const certificate = inventory.issued.get(planned.name)?.certificate ?? inventory.untimely.get(planned.name);
  if (!certificate) return undefined;
  const to = new Date(certificate.validTo);
  return {
    name: planned.name,
    role: planned.role,
    ...namesOf(planned, certificate),
    from: new Date(certificate.validFrom).toISOString(),
    to: to.toISOString(),
    daysLeft: Math.floor((to.getTime() - now.getTime()) / DAY),
    carriedBy: carriedBy(planned, input),
  };
}

function carriedBy(planned: PlannedCertificate, { model, plan, secretRefs }: ReportInput): string[] {
  const { name, role } = planned;
  if (role === 'anchor') return [`${trustedBy(planned, plan)}: linkerd --identity-trust-anchors-file`];
  if (role === 'issuer') {
    const cluster = model.clusters.find(({ issuer }) => issuer === name);
    return [`${cluster?.name}: linkerd --identity-issuer-certificate-file`];
  }
  if (role === 'nats-ca') return secrets(secretRefs.natsCa);
  return secrets(secretRefs.certificates.get(name));
}

/** Nothing carries the credentials of a person, or of a program outside the clusters. */
const secrets = (secretRefs: readonly SecretRef[] = []) =>
  secretRefs.map(({ cluster, namespace, secret }) => `${cluster}: Secret ${namespace}/${secret}`);

function problems({ plan, inventory, folder, loose, missingBundles }: ReportInput): string[] {
  const sentence = (file: string, problem: string, remedy: string) =>
    `${shownPath(join(folder, file))}: ${problem}; ${remedy}.`;
  const remint = `run \`${certsLine(folder)}\``;
  const missing = missingCertificates(plan, inventory);
  return [
    ...inventory.findings.map((finding) => findingLine(finding, folder)),
    ...missing.map(({ name }) =>
      sentence(`${name}.crt`, inventory.outdated.get(name) ?? 'is missing', remint),
    ),
    ...missingPasswords(plan, inventory).map((name) => sentence('passwords.json', `has no ${name}`, remint)),
    ...loose.map((path) => `${shownPath(path)}: others than its owner can read it; ${remint}.`),
    ...missingBundles.map((file) => sentence(file, 'is missing', remint)),
    ...anchorsOfOneKey(plan, inventory).map(([anchor, other]) =>
      sentence(
        `${anchor.name}.crt`,
        `has the key of ${other.name}.crt, so it is no anchor of ${anchor.cluster} alone`,
        `run \`${certsLine(folder, rotateWords(anchor))}\``,
      ),
    ),
  ];
}

/** Anchors of one cluster that are not being replaced, each with another that has its key: together they confine nothing. */
function anchorsOfOneKey(plan: CredentialPlan, { issued }: Inventory) {
  const first = new Map<string, PlannedCertificate>();
  return anchorsOf(plan).flatMap((root) => {
    const key = issued.get(root.name)?.certificate.publicKey.export({ format: 'pem', type: 'spki' });
    if (key === undefined) return [];
    const other = first.get(String(key));
    if (!other) first.set(String(key), root);
    return other && !stageOf(root.name, issued) ? [[root, other] as const] : [];
  });
}
