/** Checks what is in `certs/issued/` against the plan. Pure: it is given the files and the time. */

import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { InvalidInput } from '../../model/checks.ts';
import { nextName, previousName } from '../../model/names.ts';
import { certsLine } from '../../terminal/shown-command.ts';
import { shownPath } from '../../terminal/shown-path.ts';
import type { CredentialPlan, PlannedCertificate } from '../plan.ts';
import { pathLength } from '../x509/read-certificate.ts';
import { type Issued, judge, type Refusal } from './check-certificate.ts';
import type { IssuedFiles } from './folder.ts';
import { orphaned, remedyOfOwn } from './missing-root.ts';
import { namesToSign } from './names-to-sign.ts';
import { HASHES, parseHashes } from './password-hashes.ts';
import { PASSWORDS, parsePasswords } from './passwords.ts';
import { badPasswords, badRevoked, remedyFor } from './remedies.ts';
import { parseRevoked, REVOKED } from './revoked.ts';
import { anchorBundle, anchorBundles, anchorsOf, passingRoots } from './roots.ts';
import type { Verdicts } from './verdicts.ts';

/** A file that cannot be used, what is wrong with it, and what to do about it. */
export interface Finding extends Required<Omit<Refusal, 'untimely'>> {
  /** Whether a new one at once would be no remedy but an outage. @default false */
  readonly staged?: boolean;
}

/** What there is and what is wrong with it. */
export interface Inventory {
  readonly findings: readonly Finding[];
  /** The certificates that can be used, by name. Roots that come or go are among them. */
  readonly issued: ReadonlyMap<string, Issued>;
  /** The certificates that have expired or are not valid yet, by name; nothing else about them has been judged. */
  readonly untimely: ReadonlyMap<string, X509Certificate>;
  /** The certificates to mint anew, by name, and why: they differ from the plan, or half of the pair is missing. */
  readonly outdated: ReadonlyMap<string, string>;
  readonly passwords: Readonly<Record<string, string>>;
  /** bcrypt hashes of passwords, which may be those of earlier ones. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Names of the leaf clusters that are shut out. */
  readonly revoked: readonly string[];
  /** Files and passwords that the plan does not know. */
  readonly unused: readonly string[];
}

/**
 * Takes inventory of the files at a given time.
 * @param folder where the files are, for the commands in the remedies
 * @param verdicts spares judging again what has not changed @default - everything is judged
 */
export function takeInventory(
  plan: CredentialPlan,
  files: IssuedFiles,
  now: Date,
  folder: string,
  verdicts?: Verdicts,
): Inventory {
  const findings: Finding[] = [];
  const issued = new Map<string, Issued>();
  const outdated = new Map<string, string>();
  const untimely = new Map<string, X509Certificate>();
  const bad = new Set<string>();
  const toSign = namesToSign(plan);
  for (const planned of [...plan.certificates, ...passingRoots(plan)]) {
    const signer = planned.signer ? issued.get(planned.signer) : undefined;
    if (planned.permitted && signer && pathLength(signer.certificate) === 0) {
      findings.push(noCaBelow(planned, signer.name));
      bad.add(planned.name);
      continue;
    }
    const pair = { planned, files, signer: signer?.crt };
    const known = verdicts?.recall(pair, now);
    if (known) {
      issued.set(planned.name, known);
      continue;
    }
    const verdict =
      judge(planned, files, signer?.certificate, now, toSign(planned)) ??
      orphaned(planned, plan, files, folder);
    if (!verdict) continue;
    if ('untimely' in verdict && verdict.untimely) untimely.set(planned.name, verdict.untimely);
    // What a CA that is itself in doubt has signed cannot be judged.
    if (planned.signer && bad.has(planned.signer)) continue;
    if ('problem' in verdict) {
      const staged = remedyOfOwn(planned, files);
      const { file, problem, remedy = staged ?? remedyFor(planned, plan, folder, files, verdict) } = verdict;
      findings.push({ file, problem, remedy, ...(staged && { staged: true }) });
      bad.add(planned.name);
    } else if ('outdated' in verdict) {
      outdated.set(planned.name, verdict.outdated);
    } else {
      issued.set(planned.name, verdict);
      verdicts?.note(pair, verdict);
    }
  }
  const passwords = read(files, PASSWORDS, parsePasswords, {});
  if (!passwords) findings.push(badPasswords(folder));
  const revoked = read(files, REVOKED, parseRevoked, []);
  if (!revoked) findings.push(badRevoked);
  return {
    findings: [...findings, ...rootFindings(plan, files, issued, folder)],
    issued,
    untimely,
    outdated,
    passwords: passwords ?? {},
    hashes: read(files, HASHES, parseHashes, {}) ?? {},
    revoked: revoked ?? [],
    unused: unused(plan, files, passwords ?? {}),
  };
}

/** The value that a file holds; undefined when it cannot be read. */
function read<Value>(
  files: IssuedFiles,
  name: string,
  parse: (text: string) => Value | undefined,
  absent: Value,
): Value | undefined {
  const file = files.get(name);
  if (!file) return absent;
  return 'text' in file ? parse(file.text) : undefined;
}

/** What is wrong with the roots together, when nothing is with each of them. */
function rootFindings(
  plan: CredentialPlan,
  files: IssuedFiles,
  issued: ReadonlyMap<string, Issued>,
  folder: string,
): Finding[] {
  const findings = plan.certificates
    .filter(({ name }) => issued.has(nextName(name)) && issued.has(previousName(name)))
    .map(({ name }) => ({
      file: `${nextName(name)}.crt`,
      problem: `is there while ${previousName(name)}.crt is not retired`,
      remedy: 'move it elsewhere until the rotation that is under way has ended',
    }));
  for (const [file, wanted] of anchorBundles(plan, issued)) {
    const bundle = files.get(file);
    if (bundle && 'text' in bundle && bundle.text !== wanted)
      findings.push({
        file,
        problem: 'is not the anchors that are in use, one after the other',
        remedy: `delete it and run \`${certsLine(folder)}\`, which writes it anew`,
      });
  }
  return findings;
}

export const findingLine = ({ file, problem, remedy }: Finding, folder: string) =>
  `${shownPath(join(folder, file))}: ${problem}; ${remedy}.`;

/**
 * Refuses files that cannot be used.
 * @throws InvalidInput with one message that names each of them, at most ten
 */
export function refuseFindings({ findings }: Pick<Inventory, 'findings'>, folder: string) {
  if (findings.length === 0) return;
  const lines = findings.slice(0, 10).map((finding) => findingLine(finding, folder));
  const more = findings.length - lines.length;
  throw new InvalidInput([...lines, ...(more > 0 ? [`… and ${more} more files.`] : [])].join('\n'));
}

/** A root from before there were CAs below it, or a company's. */
const noCaBelow = ({ name }: PlannedCertificate, root: string): Finding => ({
  file: `${name}.crt`,
  problem: `cannot be signed, because ${root}.crt allows no CA below it`,
  remedy: `take \`certificates\` out of topology.ts, rotate the NATS CA to its last stage, and put it back; or name an \`issuerRef\``,
});

function unused(
  plan: CredentialPlan,
  files: IssuedFiles,
  passwords: Readonly<Record<string, string>>,
): string[] {
  const certificates = [...plan.certificates, ...passingRoots(plan)];
  const planned = new Set([
    ...certificates.flatMap(({ name }) => [`${name}.crt`, `${name}.key`]),
    ...plan.certificates.flatMap(({ name }) => [`${name}.request.csr`, `${name}.request.key`]),
    ...anchorsOf(plan).map(({ name }) => anchorBundle(name)),
    ...[PASSWORDS, HASHES, REVOKED],
  ]);
  const users = new Set(plan.passwords);
  return [
    ...[...files.keys()].filter((file) => !planned.has(file)).sort(),
    ...Object.keys(passwords)
      .filter((name) => !users.has(name))
      .map((name) => `${PASSWORDS}: ${name}`),
  ];
}
