import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

const doctor = (...words: string[]) =>
  spawnSync(process.execPath, ['bin/nats-mtls.mjs', 'doctor', ...words], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, KUBECONFIG: '/nowhere/config' },
  });

it.each([
  ['an unknown word', ['--frobnicate'], /^USAGE nats-mtls doctor .*^Unknown option '--frobnicate'$/ms],
  [
    'an unknown cluster',
    ['--cluster', 'vm-z'],
    /^npm run doctor `--cluster`: "vm-z" is not in topology\.ts; use .*\.\n$/,
  ],
  [
    'no kubeconfig',
    [],
    /^npm run doctor `kubeconfig`: \/nowhere\/config is not there; set KUBECONFIG .*\.\n$/,
  ],
])('exits with 2 and says why: %s', (_, words, message) => {
  const { stdout, stderr, status } = doctor(...words);
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toMatch(message);
});
