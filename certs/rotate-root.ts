/** Rotates a root in stages, so that at no moment anybody meets a certificate that he does not trust yet. */

import { InvalidInput } from '../model/checks.ts';
import type { Model } from '../model/model.ts';
import { ANCHOR, nextName, previousName } from '../model/names.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { type CredentialPlan, credentialPlan, type PlannedCertificate } from './plan.ts';
import { without } from './rotate.ts';
import type { Issued } from './store/check-certificate.ts';
import type { FileChanges, IssuedFiles } from './store/folder.ts';
import { type Inventory, refuseFindings } from './store/inventory.ts';
import { sharedSoFar, withCopies } from './store/missing-root.ts';
import { anchorBundle, rotateWords, type Stage, stageOf, trustedBy } from './store/roots.ts';
import { type ChangeOptions, changeSet, type Edit, mintPair } from './store/transaction.ts';
import { passphraseOf } from './x509/private-key.ts';

/** The stage that a run has reached: the last one ends the rotation. */
export type Reached = Stage | 'retire';

/**
 * Takes the rotation of a root one stage further.
 * @param confirmed the stage that the user says is applied on every cluster
 * @returns the stage that is reached now, and the inventory as it leaves it
 * @throws InvalidInput when the stage that was reached before is not the confirmed one
 */
export function rotateRoot(
  model: Model,
  folder: string,
  root: string,
  confirmed: string | undefined,
  options: ChangeOptions = {},
): { readonly reached: Reached; readonly inventory: Inventory } {
  const plan = credentialPlan(model);
  const planned = plan.certificates.find(({ name }) => name === root)!;
  let reached: Reached = 'bundle';
  let leaves = false;
  const edit = (inventory: Inventory): Edit => {
    const stage = stageOf(root, inventory.issued);
    if (stage !== confirmed) throw unconfirmed(planned, plan, stage, confirmed, folder);
    refuseFindings(inventory, folder);
    if (!stage) return bundle(planned, inventory, folder, options, leaves);
    reached = stage === 'bundle' ? 'switch' : 'retire';
    if (reached === 'retire') return retire(planned, inventory);
    const signed = plan.certificates.filter(({ signer }) => signer === root).map(({ name }) => name);
    return switchOver(planned, signed, inventory);
  };
  const look = (files: IssuedFiles) => {
    // Whoever has to leave the shared anchor does so before that is replaced, and would miss its replacement otherwise.
    if (!planned.cluster) return files;
    leaves = sharedSoFar(planned, plan, files) !== undefined;
    if (leaves) refuseWhileRotating(files, planned, folder);
    // Other clusters that have to leave it do not stand in the way of this one.
    return withCopies(plan, files);
  };
  const { after } = changeSet(plan, folder, options, edit, look);
  return { reached, inventory: after };
}

/** Whoever left a shared anchor that is being replaced would drop its predecessor with it. */
export function refuseWhileRotating(files: IssuedFiles, { cluster }: PlannedCertificate, folder: string) {
  if ([nextName(ANCHOR), previousName(ANCHOR)].some((name) => files.has(`${name}.crt`)))
    throw new InvalidInput(
      `${shownPath(folder)}: the rotation of ${ANCHOR}.crt is under way; take \`trustAnchor\` of ${cluster} out of topology.ts, end that rotation, and put it back.`,
    );
}

/** @param leaves - whether the root is still a shared one, of which the cluster gets a copy that is replaced */
function bundle(
  root: PlannedCertificate,
  inventory: Inventory,
  folder: string,
  options: ChangeOptions,
  leaves: boolean,
): Edit {
  const { now = new Date(), log, askPassphrase } = options;
  const old = inventory.issued.get(root.name);
  if (!old) {
    const file = shownPath(folder);
    throw new InvalidInput(`${file}: has no ${root.name}.crt to be replaced; run \`${certsLine(folder)}\`.`);
  }
  const name = nextName(root.name);
  // Whoever is asked knows the key by the name that it has had so far.
  const known = leaves ? ANCHOR : root.name;
  const passphrase = passphraseOf(known, old.key, folder, askPassphrase);
  const next = mintPair({ ...root, name }, undefined, now, passphrase);
  if (passphrase) log?.(`${name}.key: encrypted with the passphrase of ${known}.key`);
  return {
    inventory: withRoots(inventory, new Map([[name, next]])),
    files: new Map([...(leaves ? pairFiles(root.name, old) : []), ...pairFiles(name, next)]),
  };
}

function switchOver(root: PlannedCertificate, signed: readonly string[], inventory: Inventory): Edit {
  const old = inventory.issued.get(root.name)!;
  const next = inventory.issued.get(nextName(root.name))!;
  const gone = without(inventory, { certificates: [nextName(root.name), ...signed] });
  return {
    inventory: withRoots(
      gone,
      new Map([
        [root.name, next],
        [previousName(root.name), { ...old, key: undefined }],
      ]),
    ),
    files: new Map([
      ...pairFiles(nextName(root.name), undefined),
      ...pairFiles(root.name, next),
      // The old root is trusted still and signs nothing any more.
      ...pairFiles(previousName(root.name), { crt: old.crt }),
    ]),
  };
}

function retire(root: PlannedCertificate, inventory: Inventory): Edit {
  const name = previousName(root.name);
  const bundleGone: FileChanges = new Map(
    root.role === 'anchor' ? [[anchorBundle(root.name), undefined]] : [],
  );
  return {
    inventory: without(inventory, { certificates: [name] }),
    files: new Map([...pairFiles(name, undefined), ...bundleGone]),
  };
}

const withRoots = (inventory: Inventory, roots: ReadonlyMap<string, Issued>): Inventory => ({
  ...inventory,
  issued: new Map([...inventory.issued, ...roots]),
});

/** A root's two files; a key that is kept elsewhere stays there. */
const pairFiles = (name: string, pair: Pick<Issued, 'crt' | 'key'> | undefined): FileChanges =>
  new Map([
    [`${name}.crt`, pair?.crt],
    [`${name}.key`, pair?.key],
  ]);

function unconfirmed(
  root: PlannedCertificate,
  plan: CredentialPlan,
  stage: Stage | undefined,
  confirmed: string | undefined,
  folder: string,
) {
  const command = rotateWords(root);
  const where = `${shownPath(folder)}: the rotation of ${root.name}.crt`;
  if (!stage) {
    return new InvalidInput(
      `${where} is not at the stage '${confirmed}', because there is none; start it with \`${certsLine(folder, command)}\`.`,
    );
  }
  const received = confirmed ? `not '${confirmed}'` : 'and nothing says that it is applied everywhere';
  return new InvalidInput(
    `${where} is at the stage '${stage}', ${received}; apply that stage on ${trustedBy(root, plan)}, see that it took, and run \`${certsLine(folder, `${command} --confirmed ${stage}`)}\`.`,
  );
}
