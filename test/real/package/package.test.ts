import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn } from '../../support/files.ts';
import { copyOf, removeCopies, root } from '../dist/copy.ts';

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What `npm pack` has made of a copy of the project, unpacked. */
let installed: string;
let work: string;

beforeAll(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'nats-mtls-package-')));
  const project = join(work, 'project');
  mkdirSync(project);
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    cpSync(join(root, file), join(project, file));
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  // What an older build has left.
  mkdirSync(join(project, 'lib'));
  writeFileSync(join(project, 'lib', 'left.js'), '');
  mkdirSync(join(project, 'certs', 'issued'));
  writeFileSync(join(project, 'certs', 'issued', 'ca.key'), 'secret');
  execFileSync('npm', ['pack', '--offline', '--pack-destination', work], { cwd: project, stdio: 'pipe' });
  execFileSync('tar', ['-xzf', `nats-mtls-${version}.tgz`], { cwd: work });
  installed = join(work, 'package');
}, 120_000);
afterAll(() => {
  rmSync(work, { recursive: true, force: true });
  removeCopies();
});

/** A folder in which the package and all that it needs are installed. */
function projectOf(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(work, 'user-')));
  install(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function install(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.'))) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  cpSync(installed, join(modules, 'nats-mtls'), { recursive: true });
  // As npm does with the programs of a package.
  chmodSync(join(modules, 'nats-mtls', 'bin', 'nats-mtls.mjs'), 0o755);
  symlinkSync(join('..', 'nats-mtls', 'bin', 'nats-mtls.mjs'), join(modules, '.bin', 'nats-mtls'));
  symlinkSync(join('..', 'cdk8s-cli', 'bin', 'cdk8s'), join(modules, '.bin', 'cdk8s'));
}

function run(folder: string, program: string, ...words: string[]) {
  const env = {
    ...process.env,
    CDK8S_OUTDIR: undefined,
    PATH: `${join(folder, 'node_modules', '.bin')}:${process.env.PATH}`,
  };
  return spawnSync(program, words, { cwd: folder, encoding: 'utf8', env });
}
const nats = (folder: string, ...words: string[]) => run(folder, 'nats-mtls', ...words);
const cdk8s = (folder: string, ...words: string[]) =>
  run(folder, 'cdk8s', '--no-check-upgrade', 'synth', ...words);
const typecheck = (folder: string, ...words: string[]) =>
  execFileSync(process.execPath, [tsc, ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

/** What git would show of dist: all but what depends on the credentials. */
const committed = (folder: string) =>
  new Map([...filesIn(join(folder, 'dist'))].filter(([name]) => !name.endsWith('secrets.k8s.yaml')));

/** What `nats-mtls init` makes, with all installed. */
function made(): string {
  const folder = join(mkdtempSync(join(work, 'init-')), 'my-nats');
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(projectOf(), 'node_modules', 'nats-mtls', 'bin', 'nats-mtls.mjs'), 'init', folder],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  install(folder);
  return folder;
}

it('brings compiled code, types and what init copies, and nothing that an older build or a mint left', () => {
  const names = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(installed, join(entry.parentPath, entry.name)));
  expect(names).toEqual(
    expect.arrayContaining(['lib/index.js', 'lib/index.d.ts', 'bin/nats-mtls.mjs', 'LICENSE']),
  );
  expect(names).not.toContain('lib/left.js');
  expect(names.filter((name) => /issued|\.key$|\.test\./.test(name))).toEqual([]);
  expect(names.filter((name) => /(?<!\.d)\.ts$/.test(name)).sort()).toEqual(['main.ts', 'topology.ts']);
});

describe('as a library', () => {
  const APP = `
import { App, Chart } from 'cdk8s';
import { LinkerdNamespace, NatsBroker, Publisher, RequiredSecret, type Topology } from 'nats-mtls';

const app = new App({ outdir: 'out' });
const chart = new Chart(app, 'messaging');
const namespace = new LinkerdNamespace(chart, 'namespace');
const broker = new NatsBroker(chart, 'broker', { namespace, cluster: 'hub', address: 'nats.example.com' });
new Publisher(chart, 'publisher', { server: broker, subject: 'test.messages' });
app.synth();
const names: string[] = RequiredSecret.all(app).map(({ name }) => name);
export const typed: Topology | undefined = undefined;
console.log(names.join(' '));
`;

  it.each([
    ['an ES module', 'module', 'nodenext'],
    ['CommonJS, as cdk8s init makes it', 'commonjs', 'commonjs'],
    ['CommonJS of Node 16', 'commonjs', 'node16'],
  ])('is used from %s, checked by their compiler and run by plain Node', (_, type, module) => {
    const folder = projectOf({ 'package.json': JSON.stringify({ type }), 'app.ts': APP });
    typecheck(folder, '--target', 'es2022', '--module', module, '--strict', '--types', 'node', 'app.ts');
    const { stdout, stderr } = run(folder, process.execPath, 'app.js');
    expect({ stdout, stderr }).toEqual({
      stdout: 'nats-broker-accounts nats-broker-tls nats-auth nats-publisher-tls\n',
      stderr: '',
    });
    const [first] = readFileSync(join(folder, 'out', 'messaging.k8s.yaml'), 'utf8').split('---');
    expect(first).toContain('kind: Namespace');
  });
});

describe('what init makes', () => {
  let synthesized: string;
  beforeAll(() => {
    synthesized = made();
    expect(nats(synthesized, 'synth').status).toBe(0);
  });

  it('is made of the files that a user owns', () => {
    expect(
      readdirSync(synthesized, { recursive: true, encoding: 'utf8' })
        .filter((name) => !/^(node_modules|dist|certs)/.test(name))
        .sort(),
    ).toEqual([
      '.github',
      '.github/workflows',
      '.github/workflows/synth.yml',
      '.gitignore',
      'cdk8s.yaml',
      'main.ts',
      'package.json',
      'renovate.json',
      'topology.ts',
      'tsconfig.json',
    ]);
    expect(readFileSync(join(synthesized, 'main.ts'), 'utf8').split('\n').filter(Boolean)).toHaveLength(3);
    const { dependencies } = JSON.parse(readFileSync(join(synthesized, 'package.json'), 'utf8'));
    expect(dependencies['nats-mtls']).toBe(`^${version}`);
  });

  it('synthesizes the bytes of this repository, with its credentials in the folder and not in the package', () => {
    expect(committed(synthesized)).toEqual(committed(root));
    expect(existsSync(join(synthesized, 'certs', 'issued', 'ca.key'))).toBe(true);
    expect(existsSync(join(synthesized, 'node_modules', 'nats-mtls', 'certs'))).toBe(false);
  });

  it('passes the compiler', () => {
    typecheck(synthesized, '--types', 'node');
  });

  it('keeps its secrets out of git, wherever they are written', () => {
    expect(nats(synthesized, 'synth', '--output', 'elsewhere').status).toBe(0);
    const git = (...words: string[]) => run(synthesized, 'git', ...words).stdout;
    git('init', '--quiet');
    const files = git('ls-files', '--others', '--exclude-standard').split('\n');
    expect(files).toEqual(
      expect.arrayContaining(['dist/vm-a/workloads.k8s.yaml', 'elsewhere/vm-a/workloads.k8s.yaml']),
    );
    const secret = (name: string) =>
      /PRIVATE KEY|kind: Secret$/m.test(readFileSync(join(synthesized, name), 'utf8'));
    expect(files.filter((name) => name !== '' && secret(name))).toEqual([]);
    rmSync(join(synthesized, 'elsewhere'), { recursive: true });
  });

  describe('below the cdk8s command', () => {
    it('writes the same as by itself', () => {
      const folder = made();
      const { status, stderr } = cdk8s(folder);
      expect(stderr).toMatch(/^2 clusters in .*; next: kubectl apply -f dist\/<cluster>/m);
      expect(status).toBe(0);
      expect(committed(folder)).toEqual(committed(root));
    });

    it('loses nothing when a topology is refused, and still says what an apply leaves behind', () => {
      const folder = copyOf(synthesized);
      const before = filesIn(join(folder, 'dist'));
      const topology = readFileSync(join(folder, 'topology.ts'), 'utf8');
      writeFileSync(join(folder, 'topology.ts'), topology.replace("'1.1.1.1'", "'1.1.1.1:30722'"));
      const refused = cdk8s(folder);
      expect(refused.status).not.toBe(0);
      expect(refused.stderr).toContain('topology.ts `brokerCluster.address`: "1.1.1.1:30722"');
      expect(filesIn(join(folder, 'dist'))).toEqual(before);
      writeFileSync(join(folder, 'topology.ts'), topology.replace("'nats-publisher'", "'orders'"));
      expect(cdk8s(folder).stderr).toMatch(
        /^kubectl --context vm-a .*delete .*deployment\.apps\/nats-publisher/m,
      );
    });

    it.each([['--stdout'], ['--output', 'out']])(
      'shows manifests without a Secret to %s, and writes nothing else',
      (...words) => {
        const folder = made();
        const { status, stdout } = cdk8s(folder, ...words);
        const shown = words[1] ? [...filesIn(join(folder, words[1])).values()].join('') : stdout;
        expect(status).toBe(0);
        expect(shown.match(/^kind: /gm)?.length).toBeGreaterThan(30);
        expect(shown).not.toMatch(/PRIVATE KEY|^kind: Secret$/m);
        expect([existsSync(join(folder, 'dist')), existsSync(join(folder, 'certs'))]).toEqual([false, false]);
      },
    );

    it('refuses to work in the folder that the command has deleted', () => {
      const folder = made();
      writeFileSync(join(folder, 'cdk8s.yaml'), 'language: typescript\napp: nats-mtls synth\noutput: dist\n');
      const { status, stderr } = cdk8s(folder);
      expect(status).not.toBe(0);
      expect(stderr).toContain(
        'cdk8s.yaml `output`: is dist, which cdk8s deletes before synth can compare with it',
      );
    });
  });

  it.each([
    [
      'topology.ts',
      "throw new Error('boom\\nand more');",
      'topology.ts: cannot be loaded; mend it: boom (line 1)',
    ],
    [
      'topology.ts',
      '\nexport const = 1;',
      'topology.ts: cannot be loaded; mend it: ParseError: Unexpected token (line 2)',
    ],
    [
      'topology.ts',
      "import { x } from './absent.ts';\nexport const topology = x;",
      "topology.ts: cannot be loaded; mend it: Cannot find module './absent.ts'",
    ],
    [
      'topology.ts',
      'export const clusters = {};',
      'topology.ts: exports no topology; write `export const topology = { … };`',
    ],
    ['topology.mjs', 'export const topology = 5;', 'topology.ts `topology`: 5 is not an object'],
  ])('says what is wrong with %s: %s', (name, text, message) => {
    const folder = projectOf({ 'package.json': '{"type": "module"}', [name]: text });
    for (const command of ['synth', 'certs']) {
      const { status, stdout, stderr } = nats(folder, command);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(message)]);
    }
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  it.each([
    ['topology.js', '{"type": "module"}', 'export'],
    ['topology.js', '{}', 'commonjs'],
    ['topology.mjs', '{}', 'export'],
    ['topology.mts', '{}', 'export default'],
  ])('takes %s in a package of %s as %s', (name, packageJson, form) => {
    const value = readFileSync(join(root, 'topology.ts'), 'utf8')
      .replace(/^[\s\S]*?: Topology = /, '')
      .replace(/;\s*$/, '');
    const text = {
      export: `export const topology = ${value};`,
      commonjs: `module.exports = { topology: ${value} };`,
      'export default': `export default ${value};`,
    }[form]!;
    const folder = projectOf({ 'package.json': packageJson, [name]: text });
    expect(nats(folder, 'synth')).toMatchObject({ status: 0 });
    expect(committed(folder)).toEqual(committed(root));
  });

  it('refuses two of them, and none', () => {
    const folder = projectOf({ 'topology.ts': '', 'topology.js': '' });
    expect(nats(folder, 'synth').stderr).toBe(
      'topology.ts: is here, and topology.js too; keep one of them\n',
    );
    expect(nats(projectOf(), 'synth').stderr).toMatch(
      /^topology\.ts: is not in this folder; .*nats-mtls init <folder>\n$/,
    );
  });

  it('is not made over what is there', () => {
    const folder = projectOf({ 'notes.txt': 'mine' });
    const before = readdirSync(folder);
    const { status, stderr } = nats(folder, 'init');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `nats-mtls init: ${folder} is not empty, it has "node_modules"; name an empty folder or a new one.\n`,
    });
    expect(nats(folder, 'init', 'notes.txt').stderr).toMatch(/^nats-mtls init: notes\.txt is a file; /);
    expect(readdirSync(folder)).toEqual(before);
  });
});

it('says which Node it needs where that is too old', () => {
  const folder = projectOf();
  const path = join(folder, 'old.mjs');
  writeFileSync(
    path,
    "Object.defineProperty(process.versions, 'node', { value: '18.20.8' });\nawait import('./node_modules/nats-mtls/bin/nats-mtls.mjs');\n",
  );
  const { status, stderr } = run(folder, process.execPath, path);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'nats-mtls: Node 18.20.8 is too old; use Node 20.19 or newer of 20, or 22.12 or newer.\n',
  });
});
