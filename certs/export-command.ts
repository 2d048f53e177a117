import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { clusterApps } from '../constructs/cluster-apps.ts';
import { RequiredSecret } from '../constructs/required-secret.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Model } from '../model/model.ts';
import { storeKey } from '../model/secrets.ts';
import { say as log } from '../terminal/say.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { table } from '../terminal/table.ts';
import { writeFile } from '../terminal/write-file.ts';
import { type CommandCall, print } from './command.ts';
import { credentialsOf } from './credentials.ts';
import { mint } from './mint.ts';

/** An entry of a store. */
interface Entry {
  readonly key: string;
  /** Path of the file that holds its value. */
  readonly file: string;
  /** A JSON object of the Secret's keys. */
  readonly value: string;
}

/**
 * Writes what a secret manager has to hold, one file for each Secret of each cluster. Mints what is missing, and says what
 * is new since the last time, what has changed and what nothing needs any more.
 */
export function exportCommand(call: CommandCall): void {
  const { model, folder, output = `${folder}-export`, askPassphrase } = call;
  const { inventory } = mint(model, folder, { log, askPassphrase });
  const entries = entriesOf(model, credentialsOf(model, inventory), output);
  const wanted = new Set(entries.map(({ file }) => file));
  const gone = filesBelow(output).filter((file) => !wanted.has(file));
  const rows = entries.map((entry) => [entry.key, shownPath(entry.file), put(entry)]);
  for (const file of gone) rmSync(file);
  print(table([['ENTRY', 'VALUE', 'STATE'], ...rows]));
  for (const file of gone)
    print([`${relative(output, file)}: no Secret needs it any more; take its entry out of the store too`]);
  log(`${shownPath(output)} has keys and passwords in the clear; delete it once the store holds them`);
}

function entriesOf(model: Model, credentials: Credentials, output: string): Entry[] {
  const { secrets } = model;
  const separator = secrets.kind === 'external-secrets' ? secrets.separator : '/';
  return [...clusterApps(model)].flatMap(({ name: cluster, app }) =>
    RequiredSecret.all(app).map((secret) => {
      const values = Object.entries(secret.keys).map(([key, value]) => [key, value(credentials)]);
      return {
        key: storeKey({ separator }, cluster, secret),
        file: join(output, cluster, secret.namespace, `${secret.name}.json`),
        value: `${JSON.stringify(Object.fromEntries(values), undefined, 2)}\n`,
      };
    }),
  );
}

/** @returns what is new about the value */
function put({ file, value }: Entry): 'new' | 'changed' | 'unchanged' {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFile(file, { text: value, mode: 0o600 });
  if (old === undefined) return 'new';
  return old === value ? 'unchanged' : 'changed';
}

/** Values of a former run. Anything else in the folder is somebody's own. */
function filesBelow(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true, recursive: true }) : [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /^[^/]+\/[^/]+\/[^/]+\.json$/.test(relative(folder, file).split(sep).join('/')));
}
