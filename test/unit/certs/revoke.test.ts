import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { reinstateLeaf, revokeLeaf } from '../../../certs/revoke.ts';
import { revokeCommand } from '../../../certs/revoke-command.ts';
import { accountsFile } from '../../../constructs/nats/accounts.ts';
import { topology as sites } from '../../../examples/sites.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  credentialsIn,
  leaf,
  messageOf,
  mintedFolder,
  read,
  topology,
  write,
} from '../../support/certs/fixtures.ts';

const third = { ...leaf, name: 'vm-c', issuer: 'cluster-c-issuer' };
const wanted = { ...topology, leafClusters: [leaf, third] };
const users = ['leaf-vm-b', 'leaf-vm-c'].map((name) => ({ name, connects: 'LEAFNODE' as const }));
const accounts = (folder: string) =>
  accountsFile({ cluster: 'vm-a', jetStream: undefined }, users, credentialsIn(folder, wanted));

it("takes the leaf's user out of the broker's accounts and leaves every other credential alone", () => {
  const folder = mintedFolder(wanted);
  const before = readdirSync(folder).map((file) => read(folder, file));
  revokeLeaf(resolve(wanted), folder, 'vm-b');
  expect(accounts(folder)).not.toContain('leaf-vm-b');
  expect(accounts(folder)).toContain('leaf-vm-c');
  const after = readdirSync(folder).filter((file) => file !== 'revoked.json');
  expect(after.map((file) => read(folder, file))).toEqual(before);
  expect(mint(resolve(wanted), folder)).toMatchObject({ minted: [], renewed: [], unused: [] });
  expect(accounts(folder)).not.toContain('leaf-vm-b');
});

it('shuts a leaf out while certificates of others have expired', () => {
  const folder = mintedFolder(wanted, new Date(Date.now() - 366 * 86_400_000));
  revokeLeaf(resolve(wanted), folder, 'vm-b');
  expect(read(folder, 'revoked.json')).toContain('vm-b');
});

it('prints what to do at every site of the broker, one after the other', () => {
  const folder = mintedFolder(sites);
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const call = { model: resolve(sites), folder, word: 'vm-b', json: false, askPassphrase: () => '' };
  revokeCommand(call);
  const lines = print.mock.calls.flat().join('\n').split('\n');
  print.mockRestore();
  expect(lines.filter((line) => line.includes('apply -f'))).toEqual(
    ['vm-a', 'vm-c', 'vm-d'].map((site) => `kubectl --context ${site} apply -f dist/${site}`),
  );
  expect(lines.filter((line) => line.includes(' rollout '))).toEqual(
    ['vm-a', 'vm-c', 'vm-d'].flatMap((site) =>
      ['restart', 'status'].map(
        (word) => `kubectl --context ${site} -n nats-system rollout ${word} statefulset/nats-broker`,
      ),
    ),
  );
});

it('lets a leaf in again only with a new certificate and a new password', () => {
  const folder = mintedFolder(wanted);
  const crt = read(folder, 'vm-b-nats-leaf.crt');
  const password = credentialsIn(folder, wanted).password('vm-a/leaf-vm-b');
  revokeLeaf(resolve(wanted), folder, 'vm-b');
  reinstateLeaf(resolve(wanted), folder, 'vm-b');
  expect(accounts(folder)).toContain('leaf-vm-b');
  expect(read(folder, 'vm-b-nats-leaf.crt')).not.toBe(crt);
  expect(accounts(folder)).not.toContain(password);
  expect(existsSync(join(folder, 'revoked.json'))).toBe(false);
});

it.each([
  [
    (folder: string) => revokeLeaf(resolve(wanted), folder, 'vm-a'),
    '"vm-a" is not in the topology; use vm-b, vm-c',
  ],
  [
    (folder: string) => reinstateLeaf(resolve(wanted), folder, 'vm-c'),
    '"vm-c" is not revoked; use rotate leaf',
  ],
  [
    (folder: string) => {
      revokeLeaf(resolve(wanted), folder, 'vm-b');
      revokeLeaf(resolve(wanted), folder, 'vm-b');
    },
    '"vm-b" is revoked already',
  ],
])('refuses what cannot be meant: %#', (work, message) => {
  const folder = mintedFolder(wanted);
  expect(messageOf(() => work(folder))).toContain(message);
});

it('refuses a list that it cannot read, rather than let everybody in', () => {
  const folder = mintedFolder(wanted);
  write(folder, 'revoked.json', '["vm-b"');
  expect(messageOf(() => mint(resolve(wanted), folder))).toContain(
    'revoked.json: is not one JSON list of cluster names',
  );
});
