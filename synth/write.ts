import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { CLIENTS_FOLDER, MONITORING, SECRETS_FOLDER } from '../model/names.ts';
import { type OutputFile, writeFile } from '../terminal/write-file.ts';
import { KUSTOMIZATION_FILE } from './kustomization.ts';
import { ENCRYPTED } from './secrets.ts';
import { isFingerprinted } from './sops/fingerprint.ts';

const MANIFEST = '.k8s.yaml';

/** What synth writes there, told by its path in the folder of the cluster. */
const isManifest = (path: string) => path.endsWith(MANIFEST) && dirname(path) !== SECRETS_FOLDER;
const isEncrypted = (path: string) => path.endsWith(ENCRYPTED) && basename(dirname(path)) === SECRETS_FOLDER;

/** A file that others have encrypted is their own, wherever it lies. */
const isMade = (path: string, folder: string) =>
  isManifest(path) ||
  basename(path) === KUSTOMIZATION_FILE ||
  (isEncrypted(path) && isFingerprinted(readFileSync(join(folder, path), 'utf8')));

/**
 * Makes a cluster's folder, with those for monitoring, Secrets and clients, hold exactly these files of ours. Each file is
 * replaced as a whole, unchanged ones are left alone, and those that nothing makes any more are removed.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, OutputFile>): void {
  for (const [name, file] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFile(join(folder, name), file);
  }
  for (const name of filesIn(folder, isMade)) if (!files.has(name)) rmSync(join(folder, name));
  for (const part of [MONITORING, SECRETS_FOLDER, CLIENTS_FOLDER]) removeEmpty(join(folder, part));
}

/** Removes a folder that has no file in it, at any depth, and such folders in one that has. */
function removeEmpty(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** The manifests of a cluster's folder, and of those for monitoring and clients, by path; none where there is no folder. */
export const readFolder = (folder: string): Map<string, string> =>
  new Map(filesIn(folder, isManifest).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));

/** The encrypted Secrets of a cluster's folder by path, those of others among them. */
export const readEncrypted = (folder: string): Map<string, string> =>
  new Map(filesIn(folder, isEncrypted).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));

function filesIn(folder: string, isWanted: (path: string, folder: string) => boolean): string[] {
  const paths = ['', MONITORING, SECRETS_FOLDER, CLIENTS_FOLDER].flatMap((part) =>
    existsSync(join(folder, part))
      ? readdirSync(join(folder, part), { withFileTypes: true, recursive: part === CLIENTS_FOLDER })
          .filter((entry) => entry.isFile())
          .map(({ name, parentPath }) => relative(folder, join(parentPath, name)))
      : [],
  );
  return paths.filter((path) => isWanted(path, folder)).sort();
}

/** Removes the folders of clusters that are not in the topology any more. */
export function removeOtherFolders(output: string, clusters: ReadonlySet<string>): void {
  for (const name of formerClusters(output, clusters)) rmSync(join(output, name), { recursive: true });
}

/** Removes the HTML page that earlier versions wrote in place of the picture. One of somebody's own stays. */
export function removeFormerPicture(output: string): void {
  const path = join(output, 'topology.html');
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile();
  const isOurs = isFile && readFileSync(path, 'utf8').includes('<title>Who may talk to whom</title>');
  if (isOurs) rmSync(path);
}

/**
 * The names of clusters that have a folder and are not in the topology any more. A folder that holds anything beside
 * what synth makes is somebody's own.
 */
export function formerClusters(output: string, clusters: ReadonlySet<string>): string[] {
  return readdirSync(output, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !clusters.has(entry.name))
    .map(({ name }) => name)
    .filter((name) => isOfCluster(join(output, name)));
}

/** Whether synth made a folder: a namespace and further files of ours, of which some may be for monitoring or clients. */
function isOfCluster(folder: string): boolean {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return (
    existsSync(join(folder, `namespace${MANIFEST}`)) &&
    entries.every((entry) => {
      const path = relative(folder, join(entry.parentPath, entry.name));
      return entry.isDirectory() ? isOurs(path) : isMade(path, folder);
    })
  );
}

const isOurs = (folder: string) =>
  [MONITORING, SECRETS_FOLDER].includes(folder) || folder.split(sep)[0] === CLIENTS_FOLDER;
