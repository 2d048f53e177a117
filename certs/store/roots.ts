/**
 * How one root takes over from another, in three stages that files alone tell apart:
 *
 * 1. bundle: `ca-next` is there and trusted beside `ca`, which still signs;
 * 2. switch: what was next is `ca` and has signed everything anew; the old root is `ca-previous` and still trusted;
 * 3. retire: `ca-previous` is gone.
 *
 * The NATS CA does the same under `nats-ca`, and the anchor of one cluster under `<cluster>-ca`.
 */

import { bundleName, nextName, previousName } from '../../model/names.ts';
import type { CredentialPlan, PlannedCertificate } from '../plan.ts';
import type { Issued } from './check-certificate.ts';
import type { IssuedFiles } from './folder.ts';

/** The roots of a plan. */
export const rootsOf = ({ certificates }: CredentialPlan) => certificates.filter(({ signer }) => !signer);

/** The words with which the rotation of a root begins. */
export const rotateWords = ({ role, cluster }: PlannedCertificate) =>
  ['rotate', role, ...(cluster ? [cluster] : [])].join(' ');

/** Who trusts a root. */
export const trustedBy = ({ role, cluster }: PlannedCertificate, plan: CredentialPlan): string => {
  const isCommon = role !== 'anchor' || rootsOf(plan).every((root) => root.cluster === undefined);
  return cluster ?? (isCommon ? 'every cluster' : 'every cluster that shares it');
};

/** The stage that a root's rotation has reached; undefined when there is none. */
export type Stage = 'bundle' | 'switch';

/** While an anchor is rotated: the file with both anchors, for the `linkerd` command. */
export const anchorBundle = (anchor: string) => `${bundleName(anchor)}.crt`;

/** The roots that may be there beside the planned ones while they are rotated. */
export const passingRoots = (plan: CredentialPlan): PlannedCertificate[] =>
  rootsOf(plan).flatMap((root) =>
    [nextName(root.name), previousName(root.name)].map((name) => ({ ...root, name })),
  );

export type IssuedByName = ReadonlyMap<string, Issued>;

export function stageOf(root: string, issued: IssuedByName): Stage | undefined {
  if (issued.has(nextName(root))) return 'bundle';
  return issued.has(previousName(root)) ? 'switch' : undefined;
}

/** What to trust in place of one root: the certificates of every root that is in use, the signing one first. */
export const trustedRoots = (root: string, issued: IssuedByName): string =>
  [root, nextName(root), previousName(root)]
    .flatMap((name) => issued.get(name)?.crt ?? [])
    // One line end and no more: Linkerd refuses a blank line at the end (linkerd/linkerd2#3880).
    .map((crt) => `${crt.trimEnd()}\n`)
    .join('');

/** The file that holds what to trust in place of one anchor. */
export const anchorsFile = (anchor: string, issued: IssuedByName) =>
  stageOf(anchor, issued) ? anchorBundle(anchor) : `${anchor}.crt`;

/** The anchors of a plan. */
export const anchorsOf = (plan: CredentialPlan) => rootsOf(plan).filter(({ role }) => role === 'anchor');

/** What the bundles of all anchors have to hold that are being rotated, by file name. */
export const anchorBundles = (plan: CredentialPlan, issued: IssuedByName): ReadonlyMap<string, string> =>
  new Map(
    anchorsOf(plan).flatMap(({ name }) =>
      stageOf(name, issued) ? [[anchorBundle(name), trustedRoots(name, issued)] as const] : [],
    ),
  );

/** Those of them that are not among the files. */
export const missingBundles = (plan: CredentialPlan, issued: IssuedByName, files: IssuedFiles): string[] =>
  [...anchorBundles(plan, issued).keys()].filter((bundle) => !files.has(bundle));
