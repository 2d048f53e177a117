import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..', '..', '..');

/** What synth reads, and what git reads to know what is secret. */
const PARTS = [
  '.gitignore',
  'bin',
  'certs',
  'constructs',
  'doctor',
  'imports',
  'index.ts',
  'kube',
  'lib',
  'main.ts',
  'model',
  'monitoring',
  'package-lock.json',
  'package.json',
  'picture',
  'shell',
  'synth',
  'terminal',
  join('tools', 'build.mjs'),
  'topology.ts',
];

/** Of what is minted, `certs/issued` is but a link to a folder of the same beginning, as `.gitignore` knows. */
const isCredential = (path: string) => relative(root, path).startsWith(join('certs', 'issued'));
const copies: string[] = [];

/** A copy of the project without credentials and without `dist`, compiled already. */
export function copyOfTheProject(): string {
  execFileSync(process.execPath, [join(root, 'tools', 'build.mjs')]);
  const folder = newFolder();
  for (const part of PARTS) {
    cpSync(join(root, part), join(folder, part), { recursive: true, filter: (path) => !isCredential(path) });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** A copy of a copy, with all that is in it. */
export function copyOf(project: string): string {
  const folder = newFolder();
  cpSync(project, folder, { recursive: true, verbatimSymlinks: true });
  return folder;
}

export function removeCopies(): void {
  for (const folder of copies.splice(0)) rmSync(folder, { recursive: true });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  copies.push(folder);
  return folder;
}

/** Runs `npm run synth`'s command in a copy. */
export const synth = (folder: string, ...words: string[]) =>
  spawnSync(process.execPath, ['bin/nats-mtls.mjs', 'synth', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_OUTDIR: undefined },
  });

/** Paths below a folder that git would commit. */
export function committable(folder: string): string[] {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  git('init', '--quiet');
  const { stdout, status, stderr } = git('ls-files', '--others', '--exclude-standard', '-z');
  if (status !== 0) throw new Error(`git failed: ${stderr}`);
  return stdout.split('\0').filter((path) => path !== '' && statSync(join(folder, path)).isFile());
}
