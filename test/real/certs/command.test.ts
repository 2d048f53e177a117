import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { topology } from '../../../topology.ts';
import {
  emptyFolder,
  encrypt,
  everything,
  mintedFolder,
  pipeWith,
  read,
  secrets,
  write,
} from '../../support/certs/fixtures.ts';

const root = join(import.meta.dirname, '..', '..', '..');

const certs = (...args: string[]) =>
  spawnSync(process.execPath, ['bin/nats-mtls.mjs', 'certs', ...args], { cwd: root, encoding: 'utf8' });

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

it('answers wrong arguments with the usage', () => {
  const { stdout, stderr, status } = certs('frobnicate');
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toMatch(/^USAGE nats-mtls certs .*^frobnicate is not understood here$/ms);
});

it('checks without changing anything, as a table, without colours when nobody watches', () => {
  const folder = mintedFolder(topology);
  const before = everything(folder);
  const { stdout, stderr, status } = certs('check', '--folder', folder);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toMatch(
    /^leaf +vm-b-nats-leaf +CN=leaf-vm-b +nats-ca .* vm-b: Secret nats-system\/nats-leaf-tls$/m,
  );
  expect(stdout).toContain('9 certificates and 7 passwords, 0 problems, 0 certificates end within 60 days');
  expect(stdout).not.toContain('\u001b');
  expect(secrets(folder).filter((secret) => stdout.includes(secret))).toEqual([]);
  expect(everything(folder)).toEqual(before);
});

it('tells a cron job by its exit code what it found', () => {
  const folder = mintedFolder(topology);
  expect(certs('check', '--folder', folder).status).toBe(0);
  expect(certs('check', '--days', '400', '--folder', folder).status).toBe(3);
  write(folder, 'ca.crt', '');
  expect(certs('check', '--days', '400', '--folder', folder).status).toBe(1);
});

it('prints a report that programs can read', () => {
  const folder = mintedFolder(topology);
  const report = JSON.parse(certs('check', '--json', '--days', '400', '--folder', folder).stdout);
  expect(report).toMatchObject({ problems: [], rotations: {}, revoked: [] });
  expect(report.expiring).not.toContain('ca');
  expect(report.expiring).toContain('vm-a-nats-broker');
  expect(report.passwords).toContainEqual({
    name: 'vm-a/leaf-vm-b',
    carriedBy: [
      'vm-a: Secret nats-system/nats-broker-accounts',
      expect.stringMatching(/^vm-b: Secret nats-system\/nats-leaf-/),
    ],
  });
});

it('goes through the stages of a rotation and prints the steps of each', () => {
  const folder = mintedFolder(topology);
  const rotate = (...args: string[]) => certs('rotate', ...args, '--folder', folder);
  expect(rotate('anchor').stdout).toContain('ca-bundle.crt | kubectl --context vm-b apply -f -');
  const refused = rotate('anchor');
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(
    `run \`npm run certs -- rotate anchor --confirmed bundle --folder ${folder}\``,
  );
  expect(rotate('anchor', '--confirmed', 'bundle').stdout).toContain('--identity-issuer-certificate-file');
  expect(rotate('anchor', '--confirmed', 'switch').stdout).toContain('ca.crt | kubectl --context vm-b apply');
});

it('opens an encrypted CA key with a passphrase from a file descriptor', () => {
  const folder = mintedFolder(topology);
  encrypt(folder, 'nats-ca.key', 'open sesame');
  const withPassphrase = (passphrase: string) =>
    spawnSync(
      process.execPath,
      ['bin/nats-mtls.mjs', 'certs', 'rotate', 'server', '--passphrase-fd', '3', '--folder', folder],
      { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', pipeWith(passphrase)] },
    );
  const before = read(folder, 'vm-a-nats-broker.crt');
  const wrong = withPassphrase('wrong');
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toContain('nats-ca.key: the passphrase does not open it');
  expect(read(folder, 'vm-a-nats-broker.crt')).toBe(before);
  expect(withPassphrase('open sesame')).toMatchObject({ status: 0, stderr: '' });
  expect(read(folder, 'vm-a-nats-broker.crt')).not.toBe(before);
});
