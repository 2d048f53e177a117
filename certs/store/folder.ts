/** The files in `certs/issued/`. Keys and passwords are readable by their owner alone. */
import * as fs from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { currentSet, replaceSet, sync } from './sets.ts';

/** Where the credentials are kept unless a call says otherwise: `certs/issued` in the working folder. */
export const ISSUED = resolve('certs', 'issued');

/** A file's text, or the system's error code where it cannot be read. */
export type IssuedFile = { readonly text: string } | { readonly problem: string };

/** What is in the folder, by file name. */
export type IssuedFiles = ReadonlyMap<string, IssuedFile>;

/** Files to write, by name; `undefined` removes one. */
export type FileChanges = ReadonlyMap<string, string | undefined>;

/** All files of the folder, of one and the same set; none when there is no folder yet. */
export function readIssued(folder: string): IssuedFiles {
  for (;;) {
    const set = currentSet(folder);
    if (!set) return new Map();
    try {
      const files = new Map(fs.readdirSync(set).map((name) => [name, readFile(join(set, name))]));
      if (currentSet(folder) === set) return files;
    } catch (error) {
      if (currentSet(folder) === set) throw error;
    }
    // Another run replaced the set while it was being read: read the new one.
  }
}

/**
 * Adds, replaces and removes files, all at once, and keeps every other file. To be called under the lock.
 * @param wrote is told the number of files written so far
 */
export function writeIssued(folder: string, changes: FileChanges, wrote: (files: number) => void) {
  replaceSet(folder, (next, old) => {
    let written = 0;
    for (const [name, text] of changes) {
      if (text !== undefined) writeFile(join(next, name), text);
      wrote(++written);
    }
    // The system has begun to write the first files by now, so that waiting for each takes half as long.
    for (const [name, text] of changes) if (text !== undefined) sync(join(next, name));
    for (const name of old ? fs.readdirSync(old) : []) {
      if (!changes.has(name)) carryOver(join(old!, name), join(next, name));
    }
  });
}

/** Paths in the current set that group or others can read or write and should not: the folder and its secrets. */
function looseIn(set: string): string[] {
  const secrets = fs.readdirSync(set).filter(isSecret);
  return [set, ...secrets.map((name) => join(set, name))].filter(
    (path) => ((fs.statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
  );
}

/** Folders within the current set. Nothing in them is used: a backup that was copied over the link lands there. */
export function nestedFolders(folder: string): string[] {
  const set = currentSet(folder);
  if (!set) return [];
  const entries = fs.readdirSync(set, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

const shownIn = (folder: string, set: string) => (path: string) =>
  path === set ? folder : join(folder, basename(path));

/** What others than its owner can read in the folder, and should not. */
export function looseModes(folder: string): string[] {
  const set = currentSet(folder);
  return set ? looseIn(set).map(shownIn(folder, set)) : [];
}

/** Takes from group and others what they may not do with the folder and its secrets; the paths that it changed. */
export function tightenModes(folder: string): string[] {
  const set = currentSet(folder);
  if (!set) return [];
  const loose = looseIn(set);
  for (const path of loose) fs.chmodSync(path, path === set ? 0o700 : 0o600);
  return loose.map(shownIn(folder, set));
}

const isSecret = (name: string) => name.endsWith('.key') || name.endsWith('.json');

function readFile(path: string): IssuedFile {
  try {
    return { text: fs.readFileSync(path, 'utf8') };
  } catch (error) {
    if (!fs.lstatSync(path, { throwIfNoEntry: false })) throw error;
    return { problem: (error as NodeJS.ErrnoException).code ?? 'unknown error' };
  }
}

function writeFile(path: string, text: string) {
  const file = fs.openSync(path, 'wx', 0o600);
  try {
    fs.writeFileSync(file, text);
    // Not left to the umask.
    fs.fchmodSync(file, isSecret(path) ? 0o600 : 0o644);
  } finally {
    fs.closeSync(file);
  }
}

/** The same file in the new set, without copying; a copy where that cannot be, as with a folder. */
function carryOver(from: string, to: string) {
  try {
    fs.linkSync(from, to);
  } catch {
    fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}
