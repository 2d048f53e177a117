import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { renew, renewalOf } from '../../../certs/rotate.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  credentialsIn,
  everything,
  messageOf,
  mintedFolder,
  read,
  remove,
  topology,
  write,
} from '../../support/certs/fixtures.ts';
import { linkerdInstall } from '../../support/certs/linkerd-install.ts';
import { describeReal } from '../../support/parts.ts';

const files = (folder: string) =>
  new Map(readdirSync(folder).map((name) => [name, read(folder, name)] as const));

/** Names of the files that differ. */
function changed(before: ReadonlyMap<string, string>, folder: string): string[] {
  const after = files(folder);
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((name) => before.get(name) !== after.get(name)).sort();
}

const rotate = (folder: string, part: string, name = '') =>
  renew(resolve(topology), folder, renewalOf(resolve(topology), part, name));

describe('what has no stages', () => {
  it.each([
    ['issuer', 'vm-a', 'cluster-a-issuer'],
    ['leaf', 'vm-b', 'vm-b-nats-leaf'],
    ['client', 'nats-publisher', 'vm-a-nats-publisher'],
    ['client', 'sys', 'vm-a-sys'],
    ['client', 'doctor', 'vm-a-doctor'],
    ['server', '', 'vm-a-nats-broker'],
  ])('renews %s %s with a new key and touches nothing else', (part, name, certificate) => {
    const folder = mintedFolder();
    const before = files(folder);
    rotate(folder, part, name);
    expect(changed(before, folder)).toEqual([`${certificate}.crt`, `${certificate}.key`]);
    expect(mint(resolve(topology), folder)).toMatchObject({ minted: [], renewed: [] });
  });

  it('renews one password and keeps the others', () => {
    const folder = mintedFolder();
    const before = JSON.parse(read(folder, 'passwords.json'));
    rotate(folder, 'password', 'vm-a/leaf-vm-b');
    const { 'vm-a/leaf-vm-b': password, ...others } = JSON.parse(read(folder, 'passwords.json'));
    expect(password).toMatch(/^[A-Za-z0-9]{40}$/);
    expect({ ...others, 'vm-a/leaf-vm-b': before['vm-a/leaf-vm-b'] }).toEqual(before);
    expect(password).not.toBe(before['vm-a/leaf-vm-b']);
  });

  it('renews what has expired, one by one, which minting refuses to replace unasked', () => {
    const folder = mintedFolder(topology, new Date(Date.now() - 366 * 86_400_000));
    expect(messageOf(() => mint(resolve(topology), folder))).toContain('expired at');
    const before = files(folder);
    rotate(folder, 'leaf', 'vm-b');
    expect(changed(before, folder)).toEqual(['vm-b-nats-leaf.crt', 'vm-b-nats-leaf.key']);
    for (const cluster of ['vm-a', 'vm-b']) rotate(folder, 'issuer', cluster);
    rotate(folder, 'server');
    for (const client of ['nats-publisher', 'sys', 'doctor']) rotate(folder, 'client', client);
    expect(mint(resolve(topology), folder)).toMatchObject({ minted: [], renewed: [] });
  });

  it('signs nothing with a root that has expired', () => {
    const folder = mintedFolder(topology, new Date(Date.now() - 3651 * 86_400_000));
    const before = everything(folder);
    expect(messageOf(() => rotate(folder, 'leaf', 'vm-b'))).toContain('nats-ca.crt: expired at');
    expect(messageOf(() => rotateRoot(resolve(topology), folder, 'ca', undefined))).toContain(
      'ca.crt: expired at',
    );
    expect(everything(folder)).toEqual(before);
  });

  it.each([
    ['issuer', 'vm-c', '"vm-c" is not in the topology; use vm-a, vm-b'],
    ['leaf', 'vm-a', '"vm-a" is not in the topology; use vm-b'],
    ['client', 'nobody', 'use nats-publisher, sys'],
    ['password', 'vm-a/nobody', 'use vm-a/natsuser, vm-a/sys, vm-a/doctor'],
  ])('refuses %s %s and says what there is', (part, name, message) => {
    expect(messageOf(() => renewalOf(resolve(topology), part, name))).toContain(message);
  });

  it('leaves the folder alone when the CA key is elsewhere, and names the file', () => {
    const folder = mintedFolder();
    remove(folder, 'nats-ca.key');
    const before = everything(folder);
    expect(messageOf(() => rotate(folder, 'server'))).toContain(
      'nats-ca.key: is missing, and vm-a-nats-broker.crt',
    );
    expect(everything(folder)).toEqual(before);
  });
});

describe.each([
  ['ca', ['cluster-a-issuer', 'cluster-b-issuer']],
  ['nats-ca', ['vm-a-doctor', 'vm-a-nats-broker', 'vm-a-nats-publisher', 'vm-a-sys', 'vm-b-nats-leaf']],
])('the root %s', (root, signed) => {
  const verifies = (folder: string, name: string, by: string) =>
    new X509Certificate(read(folder, `${name}.crt`)).verify(
      new X509Certificate(read(folder, `${by}.crt`)).publicKey,
    );
  const bundle = root === 'ca' ? ['ca-bundle.crt'] : [];

  it('is joined by the next one, then replaced by it, then dropped', () => {
    const folder = mintedFolder();
    const old = read(folder, `${root}.crt`);
    let before = files(folder);
    expect(rotateRoot(resolve(topology), folder, root, undefined).reached).toBe('bundle');
    expect(changed(before, folder)).toEqual([...bundle, `${root}-next.crt`, `${root}-next.key`].sort());
    const next = read(folder, `${root}-next.crt`);

    before = files(folder);
    expect(rotateRoot(resolve(topology), folder, root, 'bundle').reached).toBe('switch');
    expect(read(folder, `${root}.crt`)).toBe(next);
    expect(read(folder, `${root}-previous.crt`)).toBe(old);
    expect(existsSync(join(folder, `${root}-previous.key`))).toBe(false);
    expect(existsSync(join(folder, `${root}-next.crt`))).toBe(false);
    for (const name of signed) {
      expect(verifies(folder, name, root)).toBe(true);
      expect(read(folder, `${name}.key`)).not.toBe(before.get(`${name}.key`));
    }

    before = files(folder);
    expect(rotateRoot(resolve(topology), folder, root, 'switch').reached).toBe('retire');
    expect(changed(before, folder)).toEqual([...bundle, `${root}-previous.crt`].sort());
    expect(mint(resolve(topology), folder)).toMatchObject({ minted: [], renewed: [], unused: [] });
  });

  it('goes no stage further before the last one is confirmed', () => {
    const folder = mintedFolder();
    const stays = (confirmed: string | undefined, message: string) => {
      const before = everything(folder);
      expect(messageOf(() => rotateRoot(resolve(topology), folder, root, confirmed))).toContain(message);
      expect(everything(folder)).toEqual(before);
    };
    stays('bundle', `the rotation of ${root}.crt is not at the stage 'bundle', because there is none`);
    rotateRoot(resolve(topology), folder, root, undefined);
    stays(undefined, "is at the stage 'bundle', and nothing says that it is applied everywhere");
    stays('switch', "is at the stage 'bundle', not 'switch'; apply that stage on every cluster");
    rotateRoot(resolve(topology), folder, root, 'bundle');
    stays('bundle', "is at the stage 'switch', not 'bundle'");
  });

  it('signs with the old one until the switch', () => {
    const folder = mintedFolder();
    rotateRoot(resolve(topology), folder, root, undefined);
    remove(folder, `${signed[0]}.crt`, `${signed[0]}.key`);
    mint(resolve(topology), folder);
    expect(verifies(folder, signed[0]!, root)).toBe(true);
  });
});

it('hands out both NATS CAs while one replaces the other', () => {
  const folder = mintedFolder();
  const certificates = () => credentialsIn(folder).natsCa;
  const old = read(folder, 'nats-ca.crt');
  rotateRoot(resolve(topology), folder, 'nats-ca', undefined);
  const next = read(folder, 'nats-ca-next.crt');
  expect(certificates()).toBe(old + next);
  rotateRoot(resolve(topology), folder, 'nats-ca', 'bundle');
  expect(certificates()).toBe(next + old);
  rotateRoot(resolve(topology), folder, 'nats-ca', 'switch');
  expect(certificates()).toBe(next);
});

it('writes the anchor bundle again when it is gone, and refuses one that somebody changed', () => {
  const folder = mintedFolder();
  rotateRoot(resolve(topology), folder, 'ca', undefined);
  const bundle = read(folder, 'ca-bundle.crt');
  expect(bundle).toBe(read(folder, 'ca.crt') + read(folder, 'ca-next.crt'));
  remove(folder, 'ca-bundle.crt');
  mint(resolve(topology), folder);
  expect(read(folder, 'ca-bundle.crt')).toBe(bundle);
  write(folder, 'ca-bundle.crt', `${bundle}\n`);
  expect(messageOf(() => mint(resolve(topology), folder))).toContain('is not the anchors that are in use');
});

describeReal(['linkerd'], 'linkerd install --ignore-cluster', () => {
  it('takes both issuers at every stage of the anchor, and no old one after the last', async () => {
    const folder = mintedFolder();
    const accepted = async (anchors: string, issuer: string) =>
      (await linkerdInstall(folder, [anchors, `${issuer}.crt`, `${issuer}.key`])).code === 0;
    const takes = async (anchors: string) => [
      await accepted(anchors, 'cluster-a-issuer'),
      await accepted(anchors, 'cluster-b-issuer'),
    ];
    write(folder, 'old.crt', read(folder, 'cluster-a-issuer.crt'));
    write(folder, 'old.key', read(folder, 'cluster-a-issuer.key'));
    rotateRoot(resolve(topology), folder, 'ca', undefined);
    expect(await takes('ca-bundle.crt')).toEqual([true, true]);
    rotateRoot(resolve(topology), folder, 'ca', 'bundle');
    expect(await takes('ca-bundle.crt')).toEqual([true, true]);
    expect(await accepted('ca-bundle.crt', 'old')).toBe(true);
    rotateRoot(resolve(topology), folder, 'ca', 'switch');
    expect(await takes('ca.crt')).toEqual([true, true]);
    expect(await accepted('ca.crt', 'old')).toBe(false);
  });
});
