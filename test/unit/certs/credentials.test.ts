import { expect, it } from 'vitest';
import { at, credentialsIn, emptyFolder, mintedFolder, read, write } from '../../support/certs/fixtures.ts';

it('hands out certificates, passwords and the NATS CA by name', () => {
  const folder = mintedFolder();
  const credentials = credentialsIn(folder);
  expect(credentials.certificate('vm-b-nats-leaf')).toEqual({
    crt: read(folder, 'vm-b-nats-leaf.crt'),
    key: read(folder, 'vm-b-nats-leaf.key'),
  });
  expect(credentials.natsCa).toBe(read(folder, 'nats-ca.crt'));
  expect(credentials.password('vm-a/leaf-vm-b')).toBe(
    JSON.parse(read(folder, 'passwords.json'))['vm-a/leaf-vm-b'],
  );
});

it.each(['vm-c-nats-leaf', 'ca', 'nats-ca', 'cluster-a-issuer', 'toString'])(
  'hands out no key of %s',
  (name) => {
    const credentials = credentialsIn(emptyFolder());
    expect(() => credentials.certificate(name)).toThrow(`has no NATS certificate '${name}'`);
  },
);

it('names a password that the topology does not have', () => {
  const credentials = credentialsIn(emptyFolder());
  expect(() => credentials.password('vm-a/nobody')).toThrow("has no password 'vm-a/nobody'");
});

it('hands out what has just been minted anew, and not what was there before', () => {
  const folder = mintedFolder();
  const before = read(folder, 'vm-a-nats-broker.crt');
  const { crt } = credentialsIn(folder, at('3.3.3.3')).certificate('vm-a-nats-broker');
  expect(crt).not.toBe(before);
  expect(crt).toBe(read(folder, 'vm-a-nats-broker.crt'));
});

it('hands out one block of each file, and nothing else that is written there', () => {
  const folder = mintedFolder();
  const [ca, key] = [read(folder, 'nats-ca.crt'), read(folder, 'vm-b-nats-leaf.key')];
  write(folder, 'nats-ca.crt', `Subject: CN=nats-ca\npassword: hunter2\n${ca}`);
  write(folder, 'vm-b-nats-leaf.key', `${key}${read(folder, 'nats-ca.key')}`);
  const credentials = credentialsIn(folder);
  expect(credentials.natsCa).toBe(ca);
  expect(credentials.certificate('vm-b-nats-leaf').key).toBe(key);
});
