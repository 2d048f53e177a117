import {
  chmodSync,
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MONITORING } from '../model/names.ts';

/** A file to be written. */
export interface OutputFile {
  readonly text: string;
  /** Permission bits, which the file has afterwards even if it existed with others. @default - those of any new file */
  readonly mode?: number;
}

const MANIFEST = '.k8s.yaml';

/**
 * Makes a cluster's folder, with that for monitoring, hold exactly these manifests. Each file is replaced as a whole,
 * unchanged ones are left alone, and manifests that nothing makes any more are removed.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, OutputFile>): void {
  for (const [name, file] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFile(join(folder, name), file);
  }
  for (const name of manifestsIn(folder)) if (!files.has(name)) rmSync(join(folder, name));
  const monitoring = join(folder, MONITORING);
  if (existsSync(monitoring) && readdirSync(monitoring).length === 0) rmdirSync(monitoring);
}

/** Makes a file hold exactly this text. It is replaced as a whole, and left alone where nothing changed. */
export function writeFile(path: string, { text, mode }: OutputFile): void {
  const old = statSync(path, { throwIfNoEntry: false });
  if (!old?.isFile() || readFileSync(path, 'utf8') !== text) replaceFile(path, text, mode);
  else if (mode !== undefined && (old.mode & 0o777) !== mode) chmodSync(path, mode);
}

function replaceFile(path: string, text: string, mode: number | undefined): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode, flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The manifests of a cluster's folder, and of that for monitoring, by path; none where there is no folder. */
export const readFolder = (folder: string): Map<string, string> =>
  new Map(manifestsIn(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));

function manifestsIn(folder: string): string[] {
  const isManifest = (entry: Dirent) => entry.isFile() && entry.name.endsWith(MANIFEST);
  const paths = ['', MONITORING].flatMap((part) =>
    existsSync(join(folder, part))
      ? readdirSync(join(folder, part), { withFileTypes: true })
          .filter(isManifest)
          .map(({ name }) => join(part, name))
      : [],
  );
  return paths.sort();
}

/** Removes the folders of clusters that are not in the topology any more. */
export function removeOtherFolders(output: string, clusters: ReadonlySet<string>): void {
  for (const name of formerClusters(output, clusters)) rmSync(join(output, name), { recursive: true });
}

/**
 * The names of clusters that have a folder and are not in the topology any more. A folder that holds anything beside
 * manifests is somebody's own.
 */
export function formerClusters(output: string, clusters: ReadonlySet<string>): string[] {
  return readdirSync(output, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !clusters.has(entry.name))
    .map(({ name }) => name)
    .filter((name) => isOfCluster(join(output, name)));
}

/** Whether synth made a folder: a namespace and further manifests, of which some may be for monitoring. */
function isOfCluster(folder: string): boolean {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return (
    existsSync(join(folder, `namespace${MANIFEST}`)) &&
    entries.every((entry) =>
      entry.isDirectory() ? entry.name === MONITORING : entry.name.endsWith(MANIFEST),
    )
  );
}
