/** `nats-mtls init`: makes the repository of a user, who owns these files and nothing else. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInput, shown } from '../model/checks.ts';
import { shellWord, shownPath } from '../terminal/shown-path.ts';
import type { Command } from './command-line.ts';

/** What a file is copied from: this package has the same files of its own. */
const FILES: Readonly<Record<string, string>> = {
  'topology.ts': '../topology.ts',
  'main.ts': '../main.ts',
  'cdk8s.yaml': 'template/cdk8s.yaml',
  // npm leaves files of this name out of a package.
  '.gitignore': 'template/gitignore',
  'tsconfig.json': 'template/tsconfig.json',
  'renovate.json': 'template/renovate.json',
  '.github/workflows/synth.yml': 'template/.github/workflows/synth.yml',
};

/** What may be there: git makes it. */
const ALLOWED = new Set(['.git']);

export const init: Command = {
  about: 'Make a repository for your own clusters: topology.ts and what it takes to synthesize it.',
  args: {
    folder: {
      type: 'positional',
      required: false,
      description: 'where to make it; empty or not there yet (default: here)',
    },
  },
  run: ({ folder }) => {
    const path = resolve((folder as string | undefined) ?? '.');
    refuseFull(path);
    const files = { ...copies(), 'package.json': packageJson(path) };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text, { flag: 'wx' });
    }
    console.log(`${shownPath(path)}: ${Object.keys(files).sort().join(', ')}`);
    const enter = path === process.cwd() ? '' : `cd ${shellWord(shownPath(path))} && `;
    console.log(
      `next: write your addresses into topology.ts, then ${enter}npm install && npx nats-mtls synth`,
    );
    return 0;
  },
};

function refuseFull(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isDirectory()) {
    throw new InvalidInput(
      `nats-mtls init: ${shownPath(path)} is a file; name an empty folder or a new one.`,
    );
  }
  const found = readdirSync(path).filter((name) => !ALLOWED.has(name));
  if (found.length === 0) return;
  throw new InvalidInput(
    `nats-mtls init: ${shownPath(path)} is not empty, it has ${shown(found[0])}; name an empty folder or a new one.`,
  );
}

const copies = () =>
  Object.fromEntries(
    Object.entries(FILES).map(([name, from]) => [name, readFileSync(new URL(from, import.meta.url), 'utf8')]),
  );

/** The versions are those that this package was tested with. */
function packageJson(path: string): string {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const content = {
    name: packageName(basename(path)),
    private: true,
    type: 'module',
    engines: own.engines,
    scripts: { synth: 'nats-mtls synth', certs: 'nats-mtls certs', doctor: 'nats-mtls doctor' },
    dependencies: { [own.name]: source() ?? `^${own.version}`, ...own.peerDependencies },
    devDependencies: { 'cdk8s-cli': own.devDependencies['cdk8s-cli'] },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/**
 * What to install where this package did not come from a registry: the same tarball, or the checkout that this is.
 * @returns nothing where it did, or where nobody can tell
 */
function source(): string | undefined {
  const own = fileURLToPath(new URL('..', import.meta.url));
  if (existsSync(join(own, 'tools', 'build.mjs'))) return `file:${resolve(own)}`;
  try {
    const installed = join(own, '..', '.package-lock.json');
    const { packages } = JSON.parse(readFileSync(installed, 'utf8'));
    const { resolved } = packages['node_modules/nats-mtls'];
    return resolved.startsWith('file:') ? `file:${resolve(own, '..', '..', resolved.slice(5))}` : undefined;
  } catch {
    return undefined;
  }
}

/** A folder's name as npm takes it. */
const packageName = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '') || 'clusters';
