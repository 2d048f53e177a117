/** Rotates a root in stages, so that at no moment anybody meets a certificate that he does not trust yet. */
import { InvalidInput } from '../model/checks.ts';
import type { Topology } from '../model/topology.ts';
import { type ChangeOptions, changeSet, type Edit, mintPair } from './change.ts';
import { type Inventory, refuseFindings } from './check.ts';
import type { Issued } from './check-certificate.ts';
import { passphraseOf } from './open-key.ts';
import { ANCHOR, credentialPlan, type PlannedCertificate } from './plan.ts';
import { ANCHOR_BUNDLE, nextName, previousName, rotateWords, type Stage, stageOf } from './roots.ts';
import { without } from './rotate.ts';
import { certsLine } from './shown-command.ts';
import { shownPath } from './shown-path.ts';
import type { FileChanges } from './store.ts';

/** The stage that a run has reached: the last one ends the rotation. */
export type Reached = Stage | 'retire';

/**
 * Takes the rotation of a root one stage further.
 * @param confirmed the stage that the user says is applied on every cluster
 * @returns the stage that is reached now, and the stock as it leaves it
 * @throws InvalidInput when the stage that was reached before is not the confirmed one
 */
export function rotateRoot(
  topology: Topology,
  folder: string,
  root: string,
  confirmed: string | undefined,
  options: ChangeOptions = {},
): { readonly reached: Reached; readonly stock: Inventory } {
  const plan = credentialPlan(topology);
  const planned = plan.certificates.find(({ name }) => name === root)!;
  let reached: Reached = 'bundle';
  const { after } = changeSet(plan, folder, options, (stock) => {
    const stage = stageOf(root, stock.issued);
    if (stage !== confirmed) throw unconfirmed(root, stage, confirmed, folder);
    refuseFindings(stock, folder);
    if (!stage) return bundle(planned, stock, folder, options);
    reached = stage === 'bundle' ? 'switch' : 'retire';
    if (reached === 'retire') return retire(planned, stock);
    const signed = plan.certificates.filter(({ signer }) => signer === root).map(({ name }) => name);
    return switchOver(planned, signed, stock);
  });
  return { reached, stock: after };
}

function bundle(root: PlannedCertificate, stock: Inventory, folder: string, options: ChangeOptions): Edit {
  const { now = new Date(), log, askPassphrase } = options;
  const old = stock.issued.get(root.name);
  if (!old) {
    const file = shownPath(folder);
    throw new InvalidInput(`${file}: has no ${root.name}.crt to be replaced; run \`${certsLine(folder)}\`.`);
  }
  const name = nextName(root.name);
  const passphrase = passphraseOf(root.name, old.key, folder, askPassphrase);
  const next = mintPair({ ...root, name }, undefined, now, passphrase);
  if (passphrase) log?.(`${name}.key: encrypted with the passphrase of ${root.name}.key`);
  return { stock: withRoots(stock, new Map([[name, next]])), files: pairFiles(name, next) };
}

function switchOver(root: PlannedCertificate, signed: readonly string[], stock: Inventory): Edit {
  const old = stock.issued.get(root.name)!;
  const next = stock.issued.get(nextName(root.name))!;
  const gone = without(stock, { certificates: [nextName(root.name), ...signed] });
  return {
    stock: withRoots(
      gone,
      new Map([
        [root.name, next],
        [previousName(root.name), old],
      ]),
    ),
    files: new Map([
      ...pairFiles(nextName(root.name), undefined),
      ...pairFiles(root.name, next),
      ...pairFiles(previousName(root.name), old),
    ]),
  };
}

function retire(root: PlannedCertificate, stock: Inventory): Edit {
  const name = previousName(root.name);
  const bundleGone: FileChanges = new Map(root.name === ANCHOR ? [[ANCHOR_BUNDLE, undefined]] : []);
  return {
    stock: without(stock, { certificates: [name] }),
    files: new Map([...pairFiles(name, undefined), ...bundleGone]),
  };
}

const withRoots = (stock: Inventory, roots: ReadonlyMap<string, Issued>): Inventory => ({
  ...stock,
  issued: new Map([...stock.issued, ...roots]),
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
