import { createPrivateKey } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { credentialsOf } from '../../../certs/credentials.ts';
import { mint } from '../../../certs/mint.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from './topologies.ts';

export * from './topologies.ts';

/** A folder of its own, removed when the test ends; the credentials go into `issued` below it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Path of a folder that does not exist yet. */
export const emptyFolder = () => join(temporaryFolder(), 'issued');

/** A folder with everything that the topology needs. */
export function mintedFolder(wanted = topology, now?: Date): string {
  const folder = emptyFolder();
  mint(resolve(wanted), folder, now ? { now } : {});
  return folder;
}

/** What Secrets are made from, with what the folder holds; whatever it lacks is minted. */
export const credentialsIn = (folder: string, wanted = topology) =>
  credentialsOf(resolve(wanted), mint(resolve(wanted), folder).inventory);

export const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

export const write = (folder: string, file: string, text: string) => writeFileSync(join(folder, file), text);

export const copy = (from: string, to: string, ...files: string[]) => {
  for (const file of files) cpSync(join(from, file), join(to, file));
};

export const remove = (folder: string, ...files: string[]) => {
  for (const file of files) rmSync(join(folder, file));
};

export const mode = (path: string) => statSync(path).mode & 0o777;

export const loosen = (path: string) => chmodSync(path, 0o644);

/** Every path beside and in the folder with content, mode and time of change. */
export function everything(folder: string): string[] {
  const parent = join(folder, '..');
  return readdirSync(parent, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const stat = statSync(join(parent, path));
      const content = stat.isFile() ? readFileSync(join(parent, path), 'utf8') : '';
      return `${path} ${stat.mode} ${stat.mtimeMs} ${content}`;
    });
}

/** The message that a function fails with. */
export function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was expected to fail');
}

/** All secrets of a folder: the bodies of its keys and its passwords. */
export function secrets(folder: string): string[] {
  const keys = readdirSync(folder).filter((name) => name.endsWith('.key'));
  return [
    ...keys.flatMap((name) =>
      read(folder, name)
        .split('\n')
        .filter((line) => line && !line.startsWith('---')),
    ),
    ...Object.values(JSON.parse(read(folder, 'passwords.json')) as Record<string, string>),
  ];
}

/** Encrypts a private key in place. */
export function encrypt(folder: string, file: string, passphrase: string) {
  const key = createPrivateKey(read(folder, file));
  const text = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
  write(folder, file, text.toString());
}

/** A file descriptor from which a child process reads one line. */
export function pipeWith(line: string): number {
  const path = join(temporaryFolder(), 'line');
  writeFileSync(path, `${line}\n`);
  return openSync(path, 'r');
}
