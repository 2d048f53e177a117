import { expect, it } from 'vitest';
import { loadCredentials } from '../../certs/credentials.ts';
import { at, emptyFolder, messageOf, mintedFolder, read, topology } from './fixtures.ts';

it('hands out certificates, passwords and the NATS CA by name', () => {
  const folder = mintedFolder();
  const credentials = loadCredentials(topology, folder);
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
    const credentials = loadCredentials(topology, mintedFolder());
    expect(() => credentials.certificate(name)).toThrow(`has no NATS certificate '${name}'`);
  },
);

it('names a password that does not exist, and the command that makes it', () => {
  const credentials = loadCredentials(topology, mintedFolder());
  expect(() => credentials.password('vm-a/nobody')).toThrow(
    "has no password 'vm-a/nobody' that fits the topology; run `npm run certs -- --folder ",
  );
});

it('refuses an empty folder and one that no longer fits the topology', () => {
  expect(messageOf(() => loadCredentials(topology, emptyFolder()))).toContain("has no certificate 'ca'");
  expect(messageOf(() => loadCredentials(at('3.3.3.3'), mintedFolder()))).toContain(
    "has no certificate 'vm-a-nats-broker' that fits the topology; run `npm run certs -- --folder ",
  );
});
