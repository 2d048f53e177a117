import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { randomPassword } from '../../../certs/store/passwords.ts';
import { BACKDATE } from '../../../certs/store/transaction.ts';
import { parseCertificate } from '../../../certs/x509/read-certificate.ts';
import { resolve } from '../../../model/resolve.ts';
import * as fixtures from '../../support/certs/fixtures.ts';
import {
  at,
  emptyFolder,
  everything,
  leaf,
  mintedFolder,
  mode,
  read,
  remove,
  topology,
} from '../../support/certs/fixtures.ts';

const certificate = (folder: string, name: string) => parseCertificate(read(folder, `${name}.crt`))!;

it('keeps keys and passwords from everybody else', () => {
  const folder = mintedFolder();
  expect(mode(folder)).toBe(0o700);
  for (const file of readdirSync(folder)) {
    expect(`${file} ${mode(join(folder, file))}`).toBe(`${file} ${file.endsWith('.crt') ? 0o644 : 0o600}`);
  }
});

it('writes nothing, not even a lock, when nothing is missing', () => {
  const folder = mintedFolder();
  const touched = () => statSync(dirname(folder)).mtimeMs;
  const before = [touched(), ...everything(folder)];
  const result = mint(resolve(topology), folder);
  expect([touched(), ...everything(folder)]).toEqual(before);
  expect(result).toMatchObject({ minted: [], renewed: [], unused: [] });
  expect(result.kept).toHaveLength(16);
});

it('keeps what is valid and adds what is missing', () => {
  const folder = mintedFolder();
  const publisher = read(folder, 'vm-a-nats-publisher.crt');
  const anchor = read(folder, 'ca.key');
  remove(folder, 'vm-a-nats-publisher.crt', 'vm-a-nats-publisher.key');
  expect(mint(resolve(topology), folder).minted).toEqual(['vm-a-nats-publisher']);
  expect(read(folder, 'vm-a-nats-publisher.crt')).not.toBe(publisher);
  expect(read(folder, 'ca.key')).toBe(anchor);
});

it('adds only what a new cluster needs', () => {
  const folder = mintedFolder();
  const passwords = JSON.parse(read(folder, 'passwords.json'));
  const third = { ...leaf, name: 'vm-c', issuer: 'cluster-c-issuer' };
  const result = mint(resolve({ ...topology, leafClusters: [...topology.leafClusters, third] }), folder);
  expect(result.minted).toEqual([
    'cluster-c-issuer',
    'vm-c-nats-leaf',
    'vm-a/leaf-vm-c',
    'vm-c/sys',
    'vm-c/doctor',
  ]);
  expect(JSON.parse(read(folder, 'passwords.json'))).toMatchObject(passwords);
});

it('keeps the files of a cluster that was removed and says that they are not in use', () => {
  const folder = mintedFolder();
  const { unused } = mint(resolve({ ...topology, leafClusters: [] }), folder);
  expect(unused).toContain('cluster-b-issuer.key');
  expect(unused).toContain('passwords.json: vm-a/leaf-vm-b');
  expect(existsSync(join(folder, 'cluster-b-issuer.key'))).toBe(true);
});

it('renews only the server certificate when the broker moves', () => {
  const folder = mintedFolder();
  const client = read(folder, 'vm-b-nats-leaf.crt');
  const lines: string[] = [];
  const result = mint(resolve(at('2001:db8::7')), folder, { log: (line) => lines.push(line) });
  expect(result).toMatchObject({ minted: [], renewed: ['vm-a-nats-broker'] });
  expect(lines).toEqual(['vm-a-nats-broker: minted anew, because its names differ from the topology']);
  expect(certificate(folder, 'vm-a-nats-broker').checkIP('2001:db8::7')).toBeDefined();
  expect(certificate(folder, 'vm-a-nats-broker').checkIP('1.1.1.1')).toBeUndefined();
  expect(read(folder, 'vm-b-nats-leaf.crt')).toBe(client);
});

it.each(['key', 'crt'])('mints a pair anew whose %s is missing', (half) => {
  const folder = mintedFolder();
  remove(folder, `cluster-b-issuer.${half}`);
  expect(mint(resolve(topology), folder).renewed).toEqual(['cluster-b-issuer']);
  expect(mint(resolve(topology), folder).renewed).toEqual([]);
});

it('works without the keys of the roots until something has to be signed', () => {
  const folder = mintedFolder();
  remove(folder, 'ca.key', 'nats-ca.key');
  const before = everything(folder);
  expect(mint(resolve(topology), folder).minted).toEqual([]);
  expect(() => mint(resolve(at('3.3.3.3')), folder)).toThrow(
    'nats-ca.key: is missing, and vm-a-nats-broker.crt has to be signed with it',
  );
  expect(everything(folder)).toEqual(before);
});

it('dates certificates back by an hour, for clocks that are slow', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const folder = mintedFolder(topology, now);
  expect(BACKDATE).toBe(3_600_000);
  for (const name of ['ca', 'cluster-a-issuer', 'vm-a-nats-broker']) {
    expect(Date.parse(certificate(folder, name).validFrom)).toBe(now.getTime() - BACKDATE);
  }
});

it('gives roots ten years and the others one, though never longer than their CA', () => {
  const start = new Date('2044-06-01T00:00:00Z');
  const folder = mintedFolder(topology, start);
  expect(new Date(certificate(folder, 'ca').validTo).toISOString()).toBe('2054-05-30T00:00:00.000Z');
  expect(new Date(certificate(folder, 'cluster-a-issuer').validTo).toISOString()).toBe(
    '2045-06-01T00:00:00.000Z',
  );
  remove(folder, ...readdirSync(folder).filter((file) => !/^(ca|nats-ca|passwords)\./.test(file)));
  mint(resolve(topology), folder, { now: new Date('2054-01-01T00:00:00Z') });
  expect(certificate(folder, 'cluster-a-issuer').validTo).toBe(certificate(folder, 'ca').validTo);
});

it('takes back what others may read', () => {
  const folder = mintedFolder();
  fixtures.loosen(join(folder, 'ca.key'));
  const lines: string[] = [];
  mint(resolve(topology), folder, { log: (line) => lines.push(line) });
  expect(mode(join(folder, 'ca.key'))).toBe(0o600);
  expect(lines).toEqual([expect.stringMatching(/ca\.key: others could read it/)]);
});

it('takes over a plain folder, such as one that was restored from a backup', () => {
  const folder = emptyFolder();
  const minted = mintedFolder();
  mkdirSync(folder);
  fixtures.copy(minted, folder, ...readdirSync(minted));
  expect(mint(resolve(topology), folder).minted).toEqual([]);
  expect(mint(resolve(at('3.3.3.3')), folder).renewed).toEqual(['vm-a-nats-broker']);
  expect(read(folder, 'ca.key')).toBe(read(minted, 'ca.key'));
});

it('finds the set again when only the link to it was removed', () => {
  const folder = mintedFolder();
  const anchor = read(folder, 'ca.key');
  rmSync(folder);
  expect(mint(resolve(topology), folder).minted).toEqual([]);
  expect(read(folder, 'ca.key')).toBe(anchor);
});

it('refuses a folder that is a link to somewhere else', () => {
  const folder = emptyFolder();
  symlinkSync(mintedFolder(), folder);
  expect(() => mint(resolve(topology), folder)).toThrow('which is not one of its own sets');
});

it('refuses a folder that is a link to a set that is gone', () => {
  const folder = mintedFolder();
  rmSync(realpathSync(folder), { recursive: true });
  expect(() => mint(resolve(topology), folder)).toThrow('restore it from your backup, or delete the link');
});

it('keeps files and folders of its user', () => {
  const folder = mintedFolder();
  mkdirSync(join(folder, 'notes'));
  fixtures.write(join(folder, 'notes'), 'read.me', 'mine');
  mint(resolve(at('3.3.3.3')), folder);
  expect(read(join(folder, 'notes'), 'read.me')).toBe('mine');
});

it('makes passwords that nothing can misread', () => {
  const passwords = Array.from({ length: 500 }, randomPassword);
  expect(new Set(passwords).size).toBe(500);
  for (const password of passwords) expect(password).toMatch(/^[A-Za-z][A-Za-z0-9]{39}$/);
});

it('mints for 300 clusters', () => {
  const leafClusters = Array.from({ length: 300 }, (_, i) => ({
    ...leaf,
    name: `vm-${i}`,
    issuer: `issuer-${i}`,
  }));
  const folder = mintedFolder({ ...topology, leafClusters });
  expect(readdirSync(folder)).toHaveLength(2 * 607 + 2);
});
