import bcrypt from 'bcryptjs';
import { expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { hashOf } from '../../../certs/store/password-hashes.ts';
import { resolve } from '../../../model/resolve.ts';
import { credentialsIn, mintedFolder, read, topology, write } from '../../support/certs/fixtures.ts';

const NAME = 'vm-a/natsuser';

it('hashes a password so that it alone fits, and the same way each time', () => {
  const hash = hashOf(NAME, 'secret', undefined);
  expect(hash).toMatch(/^\$2a\$04\$[./A-Za-z0-9]{53}$/);
  expect(bcrypt.compareSync('secret', hash)).toBe(true);
  expect(bcrypt.compareSync('secret!', hash)).toBe(false);
  expect(hashOf(NAME, 'secret', undefined)).toBe(hash);
});

it('gives two users of one password two hashes', () => {
  expect(hashOf('vm-a/a', 'secret', undefined)).not.toBe(hashOf('vm-a/b', 'secret', undefined));
});

it('keeps every hash, and makes it anew for a password that somebody wrote by hand', () => {
  const folder = mintedFolder();
  const before = read(folder, 'password-hashes.json');
  mint(resolve(topology), folder);
  expect(read(folder, 'password-hashes.json')).toBe(before);
  const passwords = JSON.parse(read(folder, 'passwords.json'));
  expect(Object.keys(JSON.parse(before))).toEqual(Object.keys(passwords));
  write(folder, 'passwords.json', JSON.stringify({ ...passwords, [NAME]: 'my own' }));
  mint(resolve(topology), folder);
  const after = JSON.parse(read(folder, 'password-hashes.json'));
  expect(after).toEqual({ ...JSON.parse(before), [NAME]: after[NAME] });
  expect(bcrypt.compareSync('my own', after[NAME])).toBe(true);
  expect(credentialsIn(folder, topology).passwordHash(NAME)).toBe(after[NAME]);
});

it.each(['', '{', '[]', '{"vm-a/natsuser": 1}'])('makes them all anew where the file holds %j', (text) => {
  const folder = mintedFolder();
  const before = read(folder, 'password-hashes.json');
  write(folder, 'password-hashes.json', text);
  mint(resolve(topology), folder);
  expect(read(folder, 'password-hashes.json')).toBe(before);
});
