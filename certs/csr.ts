/** Certificates from a CA that only signs requests: the key is made and stays here. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput, refuse } from '../model/checks.ts';
import type { Model } from '../model/model.ts';
import { ANCHOR, nextName } from '../model/names.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shellWord, shownPath } from '../terminal/shown-path.ts';
import { credentialPlan, type PlannedCertificate } from './plan.ts';
import { requireKnown } from './rotate.ts';
import { refuseWhileRotating } from './rotate-root.ts';
import { type IssuedFiles, readIssued, writeIssued } from './store/folder.ts';
import { takeInventory } from './store/inventory.ts';
import { withLock } from './store/lock.ts';
import { sharedSoFar, withCopies } from './store/missing-root.ts';
import { anchorBundles } from './store/roots.ts';
import { settle } from './store/sets.ts';
import type { ChangeOptions } from './store/transaction.ts';
import { createRequest, generateKey, keyPem } from './x509/certificate.ts';
import { certificateBlocks, looksLikeDer } from './x509/pem.ts';
import { type AskPassphrase, openKey, passphraseOf } from './x509/private-key.ts';
import { parseCertificate } from './x509/read-certificate.ts';

type Asking = Pick<ChangeOptions, 'now' | 'askPassphrase'>;

const requestFile = (name: string) => `${name}.request.csr`;
const requestKey = (name: string) => `${name}.request.key`;

/**
 * Writes a request for one of the planned certificates, and its key, into the folder.
 * @returns path of the request
 * @throws InvalidInput when the topology has no such certificate, or it has been requested already
 */
export function requestCertificate(
  model: Model,
  folder: string,
  name: string,
  { askPassphrase }: Asking = {},
): string {
  const plan = credentialPlan(model);
  const all = plan.certificates.map((planned) => planned.name);
  const planned = plan.certificates.find((one) => one.name === requireKnown('csr', name, all))!;
  return withLock(folder, () => {
    settle(folder);
    const path = join(folder, requestFile(name));
    const files = readIssued(folder);
    if (files.has(requestKey(name))) {
      const problem = `has been requested already; import the answer, or delete ${shownPath(path)} and its key`;
      refuse({ owner: 'certs', property: `csr ${name}` }, problem);
    }
    const root = sharedSoFar(planned, plan, files) ? ANCHOR : name;
    const passphrase = planned.signer
      ? undefined
      : passphraseOf(root, textOf(files, `${root}.key`), folder, askPassphrase);
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
 * @returns the name under which it is kept now, what it is, whether it replaces a root or another certificate, and the inventory afterwards
 * @throws InvalidInput when the file has no certificate for any request, or it does not fit its role
 */
export function importCertificate(
  model: Model,
  folder: string,
  file: string,
  { now = new Date(), askPassphrase }: Asking = {},
) {
  const plan = credentialPlan(model);
  const blocks = answerBlocks(file);
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
    const copy = sharedSoFar(planned, plan, files);
    if (copy) refuseWhileRotating(files, planned, folder);
    const isThere = copy !== undefined || files.has(`${planned.name}.crt`);
    const replaces = !planned.signer && isThere;
    const name = replaces ? nextName(planned.name) : planned.name;
    if (replaces && files.has(`${name}.crt`)) {
      throw new InvalidInput(
        `${shownPath(join(folder, `${name}.crt`))}: is there already, because the rotation of ${planned.name}.crt is under way; end it, or move ${name}.* elsewhere, and import again.`,
      );
    }
    const changes = new Map<string, string | undefined>([
      ...[...(copy?.keys() ?? [])].map((one) => [one, textOf(copy!, one)] as const),
      [`${name}.crt`, crt],
      [`${name}.key`, key],
      [requestFile(planned.name), undefined],
      [requestKey(planned.name), undefined],
    ]);
    const inventory = takeInventory(
      plan,
      new Map([...withCopies(plan, files), ...readable(`${name}.crt`, crt), ...readable(`${name}.key`, key)]),
      now,
      folder,
    );
    const finding = inventory.findings.find((one) => [`${name}.crt`, `${name}.key`].includes(one.file));
    const problem = finding?.problem ?? inventory.outdated.get(name);
    if (problem) {
      throw new InvalidInput(
        `${shownPath(file)}: ${problem}, so it cannot be ${name}.crt; have it signed as the request says.`,
      );
    }
    // Nothing is found wrong with what was signed by a CA that is missing or in doubt itself.
    if (!inventory.issued.has(name)) {
      throw new InvalidInput(
        `${shownPath(join(folder, `${planned.signer}.crt`))}: is missing or cannot be used, and without it ${name}.crt cannot be checked; put it there and import again.`,
      );
    }
    if (replaces)
      for (const [bundle, text] of anchorBundles(plan, inventory.issued)) changes.set(bundle, text);
    writeIssued(folder, changes, () => {});
    return { name, planned, replaces, inventory, renewed: planned.signer !== undefined && isThere };
  });
}

const textOf = (files: IssuedFiles, name: string) => {
  const file = files.get(name);
  return file && 'text' in file ? file.text : undefined;
};

const readable = (name: string, text: string): IssuedFiles => new Map([[name, { text }]]);

/** The certificates in an answer. */
function answerBlocks(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const blocks = certificateBlocks(text);
  if (blocks.length > 0) return blocks;
  const isPkcs7 = /-----BEGIN PKCS ?#?7/.test(text) || text.includes(SIGNED_DATA);
  const isDer = looksLikeDer(text);
  if (!isPkcs7 && !isDer) {
    throw new InvalidInput(
      `${shownPath(file)}: has no PEM certificate; give the answer of the CA, which begins with -----BEGIN CERTIFICATE-----.`,
    );
  }
  const command = `openssl ${isPkcs7 ? 'pkcs7 -print_certs' : 'x509'}${isDer ? ' -inform DER' : ''}`;
  const [from, to] = [file, `${file}.pem`].map((path) => shellWord(shownPath(path)));
  throw new InvalidInput(
    `${shownPath(file)}: is not PEM but ${isPkcs7 ? 'PKCS #7' : 'DER'}; run \`${command} -in ${from} -out ${to}\` and import ${to}.`,
  );
}

/** The OID 1.2.840.113549.1.7.2 as far as it is text. */
const SIGNED_DATA = '\r\x01\x07\x02';

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
    const certificate = blocks.map(parseCertificate).find((each) => each?.checkPrivateKey(privateKey));
    if (certificate) return { planned: one, key: pem, crt: certificate.toString() };
  }
  return undefined;
}
