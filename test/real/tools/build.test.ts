import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { copyOfTheProject, removeCopies } from '../dist/copy.ts';

let folder: string;
beforeEach(() => {
  folder = copyOfTheProject();
});
afterAll(removeCopies);

const words = ['bin/nats-mtls.mjs', 'init', '--help'];
const run = () => spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
const bundle = () => join(folder, 'lib', 'index.js');
const source = () => join(folder, 'bin', 'init.ts');

function change() {
  const text = readFileSync(source(), 'utf8');
  writeFileSync(source(), text.replace('Make a repository', 'Mend a repository'));
}

it('is compiled already, and not again', () => {
  const before = statSync(bundle()).ino;
  expect(run().stdout).toContain('Make a repository');
  expect(statSync(bundle()).ino).toBe(before);
});

it('runs each file as it is now, even if nothing but its content tells that it has changed', () => {
  const { atime, mtime } = statSync(source());
  change();
  utimesSync(source(), atime, mtime);
  expect(run().stdout).toContain('Mend a repository');
});

it('compiles anew what is absent, or kept by half', () => {
  rmSync(join(folder, 'lib'), { recursive: true });
  expect(run()).toMatchObject({ status: 0, stderr: '' });
  truncateSync(bundle(), 1000);
  expect(run()).toMatchObject({ status: 0, stderr: '' });
});

it('names the line that is no TypeScript, and runs nothing older', () => {
  appendFileSync(source(), '\nconst = 1;\n');
  const { status, stdout, stderr } = run();
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/bin\/init\.ts:\d+:6/);
});

it('compiles several times at once, and leaves one file', async () => {
  change();
  const runs = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, words, { cwd: folder, stdio: 'ignore' });
    return (await once(child, 'exit'))[0];
  });
  expect(await Promise.all(runs)).toEqual([0, 0, 0, 0]);
  expect(readdirSync(join(folder, 'lib')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(run().stdout).toContain('Mend a repository');
});
