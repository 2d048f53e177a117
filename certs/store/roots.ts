/**
 * How one root takes over from another, in three stages that files alone tell apart:
 *
 * 1. bundle: `ca-next` is there and trusted beside `ca`, which still signs;
 * 2. switch: what was next is `ca` and has signed everything anew; the old root is `ca-previous` and still trusted;
 * 3. retire: `ca-previous` is gone.
 *
 * The NATS CA does the same under `nats-ca`.
 */

import { ANCHOR, bundleName, NATS_CA, nextName, previousName } from '../../model/names.ts';
import type { CredentialPlan, PlannedCertificate } from '../plan.ts';
import type { Issued } from './check-certificate.ts';

/** The roots, by what `rotate` calls them. */
export const ROOTS: Readonly<Record<string, string>> = { anchor: ANCHOR, 'nats-ca': NATS_CA };

/** The words with which the rotation of a root begins. */
export const rotateWords = (root: string) => `rotate ${root === ANCHOR ? 'anchor' : root}`;

/** The stage that a root's rotation has reached; undefined when there is none. */
export type Stage = 'bundle' | 'switch';

/** While the anchor is rotated: the file with both anchors, for the `linkerd` command. */
export const ANCHOR_BUNDLE = `${bundleName(ANCHOR)}.crt`;

/** The roots that may be there beside the planned ones while they are rotated. */
export const passingRoots = (plan: CredentialPlan): PlannedCertificate[] =>
  plan.certificates
    .filter(({ signer }) => !signer)
    .flatMap((root) => [nextName(root.name), previousName(root.name)].map((name) => ({ ...root, name })));

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

/** The file that holds the anchors to trust. */
export const anchorsFile = (issued: IssuedByName) =>
  stageOf(ANCHOR, issued) ? ANCHOR_BUNDLE : `${ANCHOR}.crt`;
