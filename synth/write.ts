import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file to be written, by its name in the folder of a cluster. */
export interface OutputFile {
  readonly text: string;
  /** Permission bits of a new file. @default 0o644 */
  readonly mode?: number;
}

/**
 * Makes a folder hold exactly these manifests. Each file is replaced as a whole, unchanged ones are left alone, and
 * manifests that nothing makes any more are removed.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, OutputFile>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, { text, mode = 0o644 }] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, path);
  }
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.k8s.yaml') && !files.has(name)) rmSync(join(folder, name));
  }
}

/** Removes the folders of clusters that are not in the topology any more. */
export function removeOtherFolders(output: string, clusters: ReadonlySet<string>): void {
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    if (entry.isDirectory() && !clusters.has(entry.name))
      rmSync(join(output, entry.name), { recursive: true });
  }
}
