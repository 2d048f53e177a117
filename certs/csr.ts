/** Certificates from a CA that only signs requests: the key is made and stays here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput, refuse } from '../model/checks.ts';
import type { Topology } from '../model/topology.ts';
import type { ChangeOptions } from './change.ts';
import { takeStock } from './check.ts';
import { withLock } from './lock.ts';
import { type AskPassphrase, openKey, passphraseOf } from './open-key.ts';
import { ANCHOR, credentialPlan, type PlannedCertificate } from './plan.ts';
import { ANCHOR_BUNDLE, nextName, stageOf, trustedRoots } from './roots.ts';
import { known } from './rotate.ts';
import { settle } from './sets.ts';
import { certsLine } from './shown-command.ts';
import { shownPath } from './shown-path.ts';
import { type IssuedFiles, readIssued, writeIssued } from './store.ts';
import { createRequest, generateKey, keyPem } from './x509.ts';
import { certificateBlocks, parseCertificate } from './x509-read.ts';

type Asking = Pick<ChangeOptions, 'now' | 'askPassphrase'>;

const requestFile = (name: string) => `${name}.request.csr`;
const requestKey = (name: string) => `${name}.request.key`;

/**
 * Writes a request for one of the planned certificates, and its key, into the folder.
 * @returns path of the request
 * @throws InvalidInput when the topology has no such certificate, or it has been requested already
 */
export function requestCertificate(
  topology: Topology,
  folder: string,
  name: string,
  { askPassphrase }: Asking = {},
): string {
  const { certificates } = credentialPlan(topology);
  const all = certificates.map((planned) => planned.name);
  const planned = certificates.find((one) => one.name === known('csr', name, all))!;
  return withLock(folder, () => {
    settle(folder);
    const path = join(folder, requestFile(name));
    const files = readIssued(folder);
    if (files.has(requestKey(name))) {
      const problem = `has been requested already; import the answer, or delete ${shownPath(path)} and its key`;
      refuse({ owner: 'certs', property: `csr ${name}` }, problem);
    }
    const passphrase = planned.signer
      ? undefined
      : passphraseOf(name, textOf(files, `${name}.key`), folder, askPassphrase);
    const key = generateKey();
    const changes = new Map([
      [requestFile(name), createRequest(planned, key)],
      [requestKey(name), keyPem(key, passphrase)],
    ]);
    writeIssued(folder, changes, () => {});
    return path;
  });
}

/**
 * Takes a certificate that a request led to, out of a file that may hold its chain too. A root that replaces another
 * becomes the next one, which is the first stage of its rotation.
 * @returns the name under which it is kept now, what it is, whether it replaces a root or another certificate, and the stock afterwards
 * @throws InvalidInput when the file has no certificate for any request, or it does not fit its role
 */
export function importCertificate(
  topology: Topology,
  folder: string,
  file: string,
  { now = new Date(), askPassphrase }: Asking = {},
) {
  const plan = credentialPlan(topology);
  const blocks = certificateBlocks(readFileSync(file, 'utf8'));
  return withLock(folder, () => {
    settle(folder);
    const files = readIssued(folder);
    const found = answered(plan.certificates, blocks, files, folder, askPassphrase);
    if (!found) {
      throw new InvalidInput(
        `${shownPath(file)}: has no certificate for a key that was requested here; make the request with \`${certsLine(folder, 'csr <certificate>')}\`.`,
      );
    }
    const { planned, crt, key } = found;
    const isThere = files.has(`${planned.name}.crt`);
    const replaces = !planned.signer && isThere;
    const name = replaces ? nextName(planned.name) : planned.name;
    if (replaces && files.has(`${name}.crt`)) {
      throw new InvalidInput(
        `${shownPath(join(folder, `${name}.crt`))}: is there already, because the rotation of ${planned.name}.crt is under way; end it, or move ${name}.* elsewhere, and import again.`,
      );
    }
    const changes = new Map<string, string | undefined>([
      [`${name}.crt`, crt],
      [`${name}.key`, key],
      [requestFile(planned.name), undefined],
      [requestKey(planned.name), undefined],
    ]);
    const stock = takeStock(
      plan,
      new Map([...files, ...readable(`${name}.crt`, crt), ...readable(`${name}.key`, key)]),
      now,
      folder,
    );
    const finding = stock.findings.find((one) => [`${name}.crt`, `${name}.key`].includes(one.file));
    const problem = finding?.problem ?? stock.outdated.get(name);
    if (problem) {
      throw new InvalidInput(
        `${shownPath(file)}: ${problem}, so it cannot be ${name}.crt; have it signed as the request says.`,
      );
    }
    // Nothing is found wrong with what was signed by a CA that is missing or in doubt itself.
    if (!stock.issued.has(name)) {
      throw new InvalidInput(
        `${shownPath(join(folder, `${planned.signer}.crt`))}: is missing or cannot be used, and without it ${name}.crt cannot be checked; put it there and import again.`,
      );
    }
    if (name === nextName(ANCHOR) && stageOf(ANCHOR, stock.issued)) {
      changes.set(ANCHOR_BUNDLE, trustedRoots(ANCHOR, stock.issued));
    }
    writeIssued(folder, changes, () => {});
    return { name, planned, replaces, stock, renewed: planned.signer !== undefined && isThere };
  });
}

const textOf = (files: IssuedFiles, name: string) => {
  const file = files.get(name);
  return file && 'text' in file ? file.text : undefined;
};

const readable = (name: string, text: string): IssuedFiles => new Map([[name, { text }]]);

/** The request that one of the certificates answers. The rest of its chain is not needed: its CA is trusted directly. */
function answered(
  planned: readonly PlannedCertificate[],
  blocks: readonly string[],
  files: IssuedFiles,
  folder: string,
  askPassphrase?: AskPassphrase,
) {
  for (const one of planned) {
    const file = requestKey(one.name);
    const pem = textOf(files, file);
    if (!pem) continue;
    const { privateKey } = openKey({ folder, file, pem, why: 'its answer has to fit it' }, askPassphrase);
    const block = blocks.find((text) => parseCertificate(text)?.checkPrivateKey(privateKey));
    if (block) return { planned: one, key: pem, crt: `${block}\n` };
  }
  return undefined;
}
