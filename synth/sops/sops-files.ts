/** Encrypted Secrets in Git: which are written, which stay as they are, and which nobody can account for. */
import { join } from 'node:path';
import { type IssuedFiles, readIssued } from '../../certs/store/folder.ts';
import { PASSWORDS, parsePasswords } from '../../certs/store/passwords.ts';
import { refuse } from '../../model/checks.ts';
import { SOPS_KEY } from '../../model/names.ts';
import type { SopsSecrets } from '../../model/secrets.ts';
import { some } from '../../picture/wording.ts';
import { progress } from '../../terminal/progress.ts';
import { shownPath } from '../../terminal/shown-path.ts';
import { minted, type SecretFiles, type SecretsInput } from '../minted.ts';
import { secretsInData, sopsFile } from '../secrets.ts';
import { readEncrypted } from '../write.ts';
import { encryptSecret, recipientsOf } from './encrypt.ts';
import { fingerprintOf, sourceOf, withFingerprint } from './fingerprint.ts';

/** Encrypted files by path in the folder of their cluster, each with its text if it is there. */
type Wanted = ReadonlyMap<string, string | undefined>;

/**
 * One encrypted file for each Secret. A file whose Secret and recipients are the same as before stays as it is. Where the
 * credentials are not on this machine all files stay, so that everybody can synthesize.
 * @throws InvalidInput about files that somebody changed by hand or wrote with other credentials, or that are missing
 * where the credentials are missing too
 */
export async function sopsFiles(input: SecretsInput, { recipients }: SopsSecrets): Promise<SecretFiles> {
  const { clusters, issued, log } = input;
  const keys = new Map(
    input.model.clusters.map(({ name, secretRecipients }) => [name, [...recipients, ...secretRecipients]]),
  );
  const readers = await recipientsOf(new Set([...keys.values()].flat()));
  const wanted = new Map(clusters.map((cluster) => [cluster.name, wantedFiles(cluster, input)]));
  const files = readIssued(issued);
  const isThere = [...wanted.values()].some((paths) => [...paths.values()].some(Boolean));
  if (files.size === 0 && isThere) return asTheyAre(wanted, input);
  refuseForeign(wanted, keyIn(files), input);
  const { credentials, endsOf } = minted(input);
  const key = credentials.password(SOPS_KEY);
  const total = clusters.reduce((sum, { secrets }) => sum + secrets.length, 0);
  const report = progress('encrypting Secrets', total, log);
  let done = 0;
  const made = new Map();
  for (const [i, { name, secrets }] of clusters.entries()) {
    const cluster = new Map(endsOf(i));
    for (const secret of secretsInData(secrets, credentials)) {
      const path = sopsFile(secret.metadata, input.model.namespace);
      const to = keys.get(name)!;
      const source = sourceOf(key, secret, to);
      const old = wanted.get(name)?.get(path);
      const isSame = old !== undefined && fingerprintOf(key, old) === source;
      const text = isSame
        ? old
        : withFingerprint(
            key,
            source,
            await encryptSecret(
              secret,
              to.map((one) => readers.get(one)!),
            ),
          );
      cluster.set(path, { text });
      report(++done);
    }
    made.set(name, cluster);
  }
  return made;
}

function wantedFiles({ name, secrets }: SecretsInput['clusters'][number], input: SecretsInput): Wanted {
  const there = readEncrypted(join(input.output, name));
  const paths = secrets.map((secret) => sopsFile(secret, input.model.namespace));
  return new Map(paths.map((path) => [path, there.get(path)]));
}

/** What the fingerprints are keyed with; undefined where nothing was encrypted with these credentials. */
function keyIn(files: IssuedFiles): string | undefined {
  const file = files.get(PASSWORDS);
  return file && 'text' in file ? parsePasswords(file.text)?.[SOPS_KEY] : undefined;
}

/** What there is, by the files that are there. */
function asTheyAre(wanted: ReadonlyMap<string, Wanted>, { issued, output, log }: SecretsInput): SecretFiles {
  const missing = pathsWhere(wanted, output, (text) => text === undefined);
  if (missing.length > 0)
    refuse(
      at(missing),
      `is missing, and ${shownPath(issued)} is not here to make it from; run \`npm run synth\` where that folder is, and commit what it writes`,
    );
  log(`${shownPath(issued)} is not here, so the encrypted Secrets stay as they are`);
  return new Map(
    [...wanted].map(([name, texts]) => [
      name,
      new Map([...texts].map(([path, text]) => [path, { text: text! }])),
    ]),
  );
}

function refuseForeign(
  wanted: ReadonlyMap<string, Wanted>,
  key: string | undefined,
  { issued, output }: SecretsInput,
): void {
  const isForeign = (text?: string) =>
    text !== undefined && (key === undefined || fingerprintOf(key, text) === undefined);
  const foreign = pathsWhere(wanted, output, isForeign);
  if (foreign.length === 0) return;
  refuse(
    at(foreign),
    `was changed by hand, or written with other credentials than those in ${shownPath(issued)}; get back what was there, or delete it and run \`npm run synth\` again`,
  );
}

const pathsWhere = (
  wanted: ReadonlyMap<string, Wanted>,
  output: string,
  holds: (text?: string) => boolean,
): string[] =>
  [...wanted].flatMap(([name, texts]) =>
    [...texts].filter(([, text]) => holds(text)).map(([path]) => shownPath(join(output, name, path))),
  );

const at = (paths: readonly string[]) => ({ owner: 'npm run synth', property: some(paths, 3) });
