import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  copy,
  emptyFolder,
  everything,
  messageOf,
  mintedFolder,
  remove,
  topology,
} from '../../support/certs/fixtures.ts';

const model = resolve(topology);

/** Has one of the system's calls fail for some paths. */
function failing(call: 'fsyncSync' | 'renameSync', code: string, fails: (first: string | number) => boolean) {
  const real = fs[call] as (...args: unknown[]) => unknown;
  const put = (value: unknown) => {
    Object.assign(fs, { [call]: value });
    syncBuiltinESMExports();
  };
  put((first: string | number, ...rest: unknown[]) => {
    if (fails(first)) throw Object.assign(new Error(`${code}: ${call}`), { code, syscall: call });
    return real(first, ...rest);
  });
  onTestFinished(() => put(real));
}

const isFolder = (handle: string | number) => fs.fstatSync(handle as number).isDirectory();

it('does without fsync of a folder where the file system does not know it', () => {
  const folder = emptyFolder();
  failing('fsyncSync', 'EINVAL', isFolder);
  expect(mint(model, folder).minted.length).toBeGreaterThan(10);
  expect(mint(model, folder).minted).toEqual([]);
});

it('goes no further when fsync fails for good', () => {
  const folder = emptyFolder();
  failing('fsyncSync', 'EIO', isFolder);
  expect(messageOf(() => mint(model, folder))).toContain('EIO');
});

it('says what to do about a folder that is a mount point, and leaves it and its parent as they were', () => {
  const minted = mintedFolder();
  const folder = emptyFolder();
  fs.mkdirSync(folder);
  copy(minted, folder, ...fs.readdirSync(minted));
  remove(folder, 'vm-a-sys.crt');
  const before = everything(folder);
  failing('renameSync', 'EBUSY', (from) => from === folder);
  expect(messageOf(() => mint(model, folder))).toBe(
    `${folder}: is a mount point, which cannot be replaced as a whole; move its files to ${join(folder, 'issued')} and name that folder with --folder.`,
  );
  expect(everything(folder)).toEqual(before);
});
