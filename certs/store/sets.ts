/**
 * How a folder changes as a whole. The folder, `issued`, is a symbolic link to a sibling, `issued.set-<id>`, that
 * holds one complete set of files. A change writes the new set beside the old one and turns the link round in one
 * rename, so that every reader, and every process killed half way, sees one set or the other.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InvalidInput } from '../../model/checks.ts';
import { shownPath } from '../../terminal/shown-path.ts';

type Kind = 'set' | 'next' | 'old' | 'link' | 'lock';

const sibling = (folder: string, kind: Kind, id: string) => `${folder}.${kind}-${id}`;

/**
 * The folder that holds the files: the link's target, the folder itself where it is no link, or undefined.
 * @throws InvalidInput when the link leads nowhere, or is missing and there are several sets
 */
export function currentSet(folder: string): string | undefined {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return linkedSet(folder);
  if (stat) return folder;
  // Killed between two renames, or somebody removed the link: the set is still beside it.
  const sets = siblings(folder, 'set');
  if (sets.length < 2) return sets[0];
  throw new InvalidInput(
    `${shownPath(folder)}: is missing and several sets are beside it; rename the right one of ${sets.map(shownPath).join(', ')} to ${shownPath(folder)}.`,
  );
}

/** Whether the folder is in place and no killed run left anything beside it. */
export const isSettled = (folder: string) =>
  fs.existsSync(folder) &&
  siblings(folder, 'next', 'old', 'link', 'lock').length === 0 &&
  siblings(folder, 'set').every((set) => set === currentSet(folder));

/** Puts the link back where it is missing and removes what killed runs left. To be called under the lock. */
export function settle(folder: string) {
  const current = currentSet(folder);
  if (current && !fs.existsSync(folder)) turnLink(folder, current);
  if (current === folder && fs.statSync(folder).dev !== fs.statSync(dirname(folder)).dev)
    throw mounted(folder);
  for (const path of siblings(folder, 'set')) {
    // Never leave half a set under the name of a whole one.
    if (path !== current) fs.renameSync(path, path.replace(`${folder}.set-`, `${folder}.old-`));
  }
  for (const path of siblings(folder, 'next', 'old', 'link')) fs.rmSync(path, { recursive: true });
}

/**
 * Replaces the set by one that `fill` writes into an empty folder. Until `fill` returns nothing has changed. To be
 * called under the lock.
 */
export function replaceSet(folder: string, fill: (next: string, old: string | undefined) => void) {
  settle(folder);
  const old = currentSet(folder);
  const id = randomBytes(8).toString('hex');
  const next = sibling(folder, 'next', id);
  try {
    fs.mkdirSync(next);
    fs.chmodSync(next, 0o700);
    fill(next, old);
    syncFolder(next);
  } catch (error) {
    fs.rmSync(next, { recursive: true, force: true });
    throw error;
  }
  const set = sibling(folder, 'set', id);
  fs.renameSync(next, set);
  // A real folder, from a backup say, cannot be replaced by renaming the link onto it.
  if (old === folder) moveAway(folder, id, set);
  turnLink(folder, set);
  settle(folder);
}

/** Replaces a file beside the folder as a whole. To be called under the lock. */
export function replaceBeside(folder: string, file: string, text: string) {
  const next = sibling(folder, 'next', randomBytes(8).toString('hex'));
  fs.writeFileSync(next, text, { mode: 0o600 });
  fs.renameSync(next, file);
}

/** @param set - the new one, which goes again if the folder stays */
function moveAway(folder: string, id: string, set: string) {
  try {
    fs.renameSync(folder, sibling(folder, 'old', id));
  } catch (error) {
    fs.rmSync(set, { recursive: true, force: true });
    throw (error as NodeJS.ErrnoException).code === 'EBUSY' ? mounted(folder) : error;
  }
}

const mounted = (folder: string) =>
  new InvalidInput(
    `${shownPath(folder)}: is a mount point, which cannot be replaced as a whole; move its files to ${shownPath(join(folder, basename(folder)))} and name that folder with --folder.`,
  );

function linkedSet(folder: string): string {
  const target = resolve(dirname(folder), fs.readlinkSync(folder));
  if (!target.startsWith(sibling(folder, 'set', ''))) {
    throw new InvalidInput(
      `${shownPath(folder)}: is a link to ${target}, which is not one of its own sets; remove the link and put the files there, or name that folder instead.`,
    );
  }
  if (fs.existsSync(target)) return target;
  throw new InvalidInput(
    `${shownPath(folder)}: is a link to ${shownPath(target)}, which is not there; restore it from your backup, or delete the link to mint everything anew.`,
  );
}

/** Relative, so that the project can be moved. */
function turnLink(folder: string, set: string) {
  const link = sibling(folder, 'link', randomBytes(8).toString('hex'));
  fs.symlinkSync(basename(set), link);
  fs.renameSync(link, folder);
  syncFolder(dirname(folder));
}

function siblings(folder: string, ...kinds: Kind[]): string[] {
  const parent = dirname(folder);
  if (!fs.existsSync(parent)) return [];
  const prefixes = kinds.map((kind) => basename(sibling(folder, kind, '')));
  const names = fs.readdirSync(parent).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return names.map((name) => join(parent, name));
}

function syncFolder(folder: string) {
  try {
    sync(folder);
  } catch (error) {
    // CIFS and some FUSE file systems know it for files alone; what they promise for a folder they promise anyway.
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Waits until a file or folder is on the disk. */
export function sync(path: string) {
  const handle = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
