import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const APP = `
import { App, Chart } from 'cdk8s';
import { LinkerdNamespace, NatsBroker, Publisher, RequiredSecret } from 'nats-mtls';

const app = new App({ outdir: 'out' });
const chart = new Chart(app, 'messaging');
const namespace = new LinkerdNamespace(chart, 'namespace');
const broker = new NatsBroker(chart, 'broker', { namespace, cluster: 'hub', address: 'nats.example.com' });
new Publisher(chart, 'publisher', { server: broker, subject: 'test.messages' });
app.synth();
const names: string[] = RequiredSecret.all(app).map(({ name }) => name);
console.log(names.join(' '));
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nats-mtls-package-'));
  const installed = join(folder, 'node_modules', 'nats-mtls');
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
  execFileSync(process.execPath, [
    tsc,
    '-p',
    join(root, 'tsconfig.build.json'),
    '--outDir',
    join(installed, 'lib'),
  ]);
  for (const name of ['cdk8s', 'cdk8s-plus-28', 'constructs', '@types']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'app.ts'), APP);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is used from an app of somebody else, checked by their compiler and run by plain Node', () => {
  const options = ['--target', 'es2023', '--module', 'nodenext', '--strict', '--skipLibCheck'];
  execFileSync(process.execPath, [tsc, ...options, 'app.ts'], { cwd: folder, stdio: 'pipe' });
  const secrets = execFileSync(process.execPath, ['app.js'], { cwd: folder, encoding: 'utf8' });
  expect(secrets).toBe('nats-broker-accounts nats-broker-tls nats-auth nats-publisher-tls\n');
  const [first] = readFileSync(join(folder, 'out', 'messaging.k8s.yaml'), 'utf8').split('---');
  expect(first).toContain('kind: Namespace');
});

it('brings the constructs and nothing that mints or writes', () => {
  const lib = join(folder, 'node_modules', 'nats-mtls', 'lib');
  expect(readdirSync(lib).sort()).toEqual(['constructs', 'imports', 'model', 'monitoring']);
});
