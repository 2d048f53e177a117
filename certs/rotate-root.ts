/** Rotates a root in stages, so that at no moment anybody meets a certificate that he does not trust yet. */

import { InvalidInput } from '../model/checks.ts';
import type { Model } from '../model/model.ts';
import { ANCHOR, nextName, previousName } from '../model/names.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { credentialPlan, type PlannedCertificate } from './plan.ts';
import { without } from './rotate.ts';
import type { Issued } from './store/check-certificate.ts';
import type { FileChanges } from './store/folder.ts';
import { type Inventory, refuseFindings } from './store/inventory.ts';
import { ANCHOR_BUNDLE, rotateWords, type Stage, stageOf } from './store/roots.ts';
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
  const { after } = changeSet(plan, folder, options, (inventory) => {
    const stage = stageOf(root, inventory.issued);
    if (stage !== confirmed) throw unconfirmed(root, stage, confirmed, folder);
    refuseFindings(inventory, folder);
    if (!stage) return bundle(planned, inventory, folder, options);
    reached = stage === 'bundle' ? 'switch' : 'retire';
    if (reached === 'retire') return retire(planned, inventory);
    const signed = plan.certificates.filter(({ signer }) => signer === root).map(({ name }) => name);
    return switchOver(planned, signed, inventory);
  });
  return { reached, inventory: after };
}

function bundle(
  root: PlannedCertificate,
  inventory: Inventory,
  folder: string,
  options: ChangeOptions,
): Edit {
  const { now = new Date(), log, askPassphrase } = options;
  const old = inventory.issued.get(root.name);
  if (!old) {
    const file = shownPath(folder);
    throw new InvalidInput(`${file}: has no ${root.name}.crt to be replaced; run \`${certsLine(folder)}\`.`);
  }
  const name = nextName(root.name);
  const passphrase = passphraseOf(root.name, old.key, folder, askPassphrase);
  const next = mintPair({ ...root, name }, undefined, now, passphrase);
  if (passphrase) log?.(`${name}.key: encrypted with the passphrase of ${root.name}.key`);
  return { inventory: withRoots(inventory, new Map([[name, next]])), files: pairFiles(name, next) };
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
  const bundleGone: FileChanges = new Map(root.name === ANCHOR ? [[ANCHOR_BUNDLE, undefined]] : []);
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

function unconfirmed(root: string, stage: Stage | undefined, confirmed: string | undefined, folder: string) {
  const command = rotateWords(root);
  const where = `${shownPath(folder)}: the rotation of ${root}.crt`;
  if (!stage) {
    return new InvalidInput(
      `${where} is not at the stage '${confirmed}', because there is none; start it with \`${certsLine(folder, command)}\`.`,
    );
  }
  const received = confirmed ? `not '${confirmed}'` : 'and nothing says that it is applied everywhere';
  return new InvalidInput(
    `${where} is at the stage '${stage}', ${received}; apply that stage on every cluster, see that it took, and run \`${certsLine(folder, `${command} --confirmed ${stage}`)}\`.`,
  );
}
