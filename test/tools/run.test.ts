import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** A project with these files, its own cache and nothing in that yet; removed when the test ends. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(root, 'tools', 'run.cjs'), join(folder, 'tools', 'run.cjs'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['esbuild', 'tsx']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const [name, text] of Object.entries({ 'package.json': '{"type": "module"}', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function run(folder: string, ...words: string[]) {
  return spawnSync(process.execPath, ['tools/run.cjs', 'main.ts', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
}

const cache = (folder: string) => join(folder, 'node_modules', '.cache', 'nats-mtls');
const two = {
  'main.ts': "import { x } from './a/x.ts';\nconsole.log(x);\n",
  'a/x.ts': 'export const x: number = 1;\n',
};

it('runs each file as it is now, even if nothing but its content tells that it has changed', () => {
  const folder = project(two);
  const path = join(folder, 'a/x.ts');
  utimesSync(path, 1, 1);
  expect([run(folder).stdout, run(folder).stdout]).toEqual(['1\n', '1\n']);
  writeFileSync(path, 'export const x: number = 2;\n');
  utimesSync(path, 1, 1);
  expect(run(folder).stdout).toBe('2\n');
});

it('tells a program where it is and what it was called with', () => {
  const text =
    'console.log(import.meta.url, import.meta.dirname, import.meta.filename, ...process.argv.slice(1));';
  const folder = project({ 'main.ts': text });
  const main = join(folder, 'main.ts');
  expect(run(folder, 'a', 'b').stdout.trim().split(' ')).toEqual([
    pathToFileURL(main).href,
    folder,
    main,
    main,
    ...['a', 'b'],
  ]);
});

it('names the line of the TypeScript file in which an error was made', () => {
  const folder = project({
    'main.ts': "import { fail } from './a/fail.ts';\n\nfail();\n",
    'a/fail.ts':
      "interface Long {\n  readonly a: string;\n}\n\nexport function fail(): Long {\n  throw new Error('oh');\n}\n",
  });
  for (const { stderr, status } of [run(folder), run(folder)]) {
    expect(status).toBe(1);
    expect(stderr).toContain(`${join(folder, 'a/fail.ts')}:6:`);
    expect(stderr).toContain(`${join(folder, 'main.ts')}:3:`);
  }
});

it('names the line that is no TypeScript', () => {
  const { stderr, status } = run(project({ 'main.ts': '\nconst = 1;\n' }));
  expect(status).toBe(1);
  expect(stderr).toMatch(/main\.ts:2:/);
});

it.each([
  ['awaits at the top of a file', "const { x } = await import('./a/x.ts');\nconsole.log(x);\n"],
  ['imports a package that has ES modules alone', "import { x } from 'modern';\nconsole.log(x);\n"],
  ['asks where a module is', "console.log(import.meta.resolve('./a/x.ts').endsWith('a/x.ts') ? 1 : 0);\n"],
])('runs a program that %s', (_, text) => {
  const folder = project({
    ...two,
    'main.ts': text,
    'node_modules/modern/package.json': '{"name": "modern", "type": "module", "exports": "./index.js"}',
    'node_modules/modern/index.js': 'export const x = 1;\n',
  });
  const { stdout, stderr, status } = run(folder);
  expect({ stdout, stderr, status }).toEqual({ stdout: '1\n', stderr: '', status: 0 });
});

it('imports the default of a package as Node does', () => {
  const folder = project({
    'main.ts': "import old from 'old';\nconsole.log(old.default);\n",
    'node_modules/old/package.json': '{"name": "old"}',
    'node_modules/old/index.js':
      "Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = 'x';\n",
  });
  expect(run(folder).stdout).toBe('x\n');
});

it('runs where nothing can be kept', () => {
  const folder = project({ ...two, 'node_modules/.cache': 'no folder' });
  expect(run(folder).stdout).toBe('1\n');
});

it('compiles anew what was kept by half', () => {
  const folder = project(two);
  run(folder);
  const kept = readdirSync(cache(folder));
  expect(kept).toHaveLength(2);
  for (const name of kept) truncateSync(join(cache(folder), name), 0);
  expect(run(folder).stdout).toBe('1\n');
});

it('runs several times at once, and leaves each file once', async () => {
  const folder = project(two);
  const runs = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, ['tools/run.cjs', 'main.ts'], { cwd: folder, stdio: 'ignore' });
    return (await once(child, 'exit'))[0];
  });
  expect(await Promise.all(runs)).toEqual([0, 0, 0, 0]);
  expect(readdirSync(cache(folder)).filter((name) => !name.endsWith('.js'))).toEqual([]);
  expect(readdirSync(cache(folder))).toHaveLength(2);
});
