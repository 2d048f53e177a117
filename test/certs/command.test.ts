import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { topology } from '../../topology.ts';
import { emptyFolder, everything, mintedFolder, read, secrets, write } from './fixtures.ts';

const root = join(import.meta.dirname, '..', '..');

const certs = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'certs/main.ts', ...args], { cwd: root, encoding: 'utf8' });

it('mints, and prints a table and the lines that install Linkerd', () => {
  const folder = emptyFolder();
  const { stdout, stderr, status } = certs('--folder', folder);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ca\.crt +CN=root\.linkerd\.cluster\.local +itself +36(49|50)$/m);
  expect(stdout).toMatch(/^nats-ca\.crt +CN=nats-ca +itself +36(49|50)$/m);
  for (const { name, issuer } of [topology.brokerCluster, ...topology.leafClusters]) {
    expect(stdout).toMatch(
      new RegExp(`^${issuer}\\.crt +CN=identity\\.linkerd\\.cluster\\.local +ca\\.crt +36[45]$`, 'm'),
    );
    expect(stdout).toContain(`linkerd --context ${name} check`);
  }
  expect(secrets(folder).filter((secret) => stdout.includes(secret))).toEqual([]);
});

it('refuses a spoilt file with one message, without a stack trace', () => {
  const folder = mintedFolder(topology);
  write(folder, 'ca.crt', read(folder, 'ca.crt').slice(0, 100));
  const before = everything(folder);
  const { stdout, stderr, status } = certs('--folder', folder);
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining('ca.crt: is not a complete PEM certificate'),
  ]);
  expect(everything(folder)).toEqual(before);
});

it.each([['frobnicate'], ['mint', 'again'], ['--days', '3'], ['--folder', '']])(
  'answers wrong arguments with one line of usage: %s %s',
  (...args) => {
    const { stdout, stderr, status } = certs(...args);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toMatch(/^usage: npm run certs .*\n$/);
  },
);
