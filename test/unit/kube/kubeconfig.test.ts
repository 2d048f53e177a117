import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { configFor, loadKubeconfig } from '../../../kube/kubeconfig.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { kubeconfig } from '../../support/cluster/kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const access = (server: string) => ({ server, certificate: 'ca.crt', token: 'a-token' });
const a = file('a', kubeconfig({ 'vm-a': access('https://a') }));
const both = file('both', kubeconfig({ 'vm-a': access('https://other'), 'vm-b': access('https://b') }));

const serverOf = (files: string[], cluster: string) =>
  configFor(loadKubeconfig({ KUBECONFIG: files.join(delimiter) }), {
    cluster,
    context: cluster,
  }).getCurrentCluster()?.server;

it('takes every file of KUBECONFIG, of which the first with a name counts, and leaves out those that are not there', () => {
  const files = [join(folder, 'nowhere'), a, both];
  expect([serverOf(files, 'vm-a'), serverOf(files, 'vm-b')]).toEqual(['https://a', 'https://b']);
});

it.each([
  ['KUBECONFIG', { KUBECONFIG: '/nowhere/config' }, '/nowhere/config'],
  ['the home', { HOME: '/nowhere' }, '/nowhere/.kube/config'],
])('refuses to take a server for granted where %s has no kubeconfig', (_, env, path) => {
  expect(() => loadKubeconfig(env)).toThrow(
    new InvalidInput(
      `npm run doctor \`kubeconfig\`: ${path} is not there; set KUBECONFIG to a file with the contexts of your clusters.`,
    ),
  );
});

it('refuses a file that is none, without repeating a line of it', () => {
  const path = file('spoilt', 'users: [{ token: secret');
  expect(() => loadKubeconfig({ KUBECONFIG: path })).toThrow(
    new InvalidInput(
      `npm run doctor \`kubeconfig\`: ${path} cannot be read as a kubeconfig; see what kubectl config view says of it.`,
    ),
  );
});

it('refuses a context that is not there, and one that names nothing', () => {
  const loaded = loadKubeconfig({ KUBECONFIG: a });
  expect(() => configFor(loaded, { cluster: 'vm-b', context: 'vm-b' })).toThrow(
    new InvalidInput(
      'npm run doctor `--context`: "vm-b", for vm-b, is not in the kubeconfig; write --context vm-b=vm-a.',
    ),
  );
  const dangling = file(
    'dangling',
    'contexts: [{ name: vm-a, context: { cluster: c, user: u } }]\nclusters: []\nusers: []',
  );
  expect(() =>
    configFor(loadKubeconfig({ KUBECONFIG: dangling }), { cluster: 'vm-a', context: 'vm-a' }),
  ).toThrow(
    new InvalidInput(
      'npm run doctor `--context`: "vm-a" names a cluster or user that the kubeconfig does not have; mend it there.',
    ),
  );
});
