import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { parseKey } from '../../../certs/store/check-certificate.ts';
import { createCertificate, generateKey, keyPem } from '../../../certs/x509/certificate.ts';
import { parseCertificate, signerOf } from '../../../certs/x509/read-certificate.ts';
import { resolve } from '../../../model/resolve.ts';
import * as fixtures from '../../support/certs/fixtures.ts';
import {
  copy,
  everything,
  messageOf,
  mintedFolder,
  read,
  remove,
  secrets,
  topology,
  write,
} from '../../support/certs/fixtures.ts';

const day = 86_400_000;
const remint = 'delete cluster-a-issuer.crt and cluster-a-issuer.key and run `npm run certs -- --folder ';
const restore = 'restore it from your backup, or delete it and all that it signed (ca.*, cluster-a-issuer.*,';

const cut = (folder: string, file: string) => write(folder, file, read(folder, file).slice(0, 200));

/** Replaces the issuer of vm-a by one that the anchor signed all the same. */
function forgeIssuer(folder: string, content: object) {
  const anchor = signerOf(parseCertificate(read(folder, 'ca.crt'))!, parseKey(read(folder, 'ca.key'))!);
  const key = generateKey();
  const common = {
    commonName: 'identity.linkerd.cluster.local',
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    pathLength: 0,
  };
  write(folder, 'cluster-a-issuer.crt', createCertificate({ ...common, ...content }, key, anchor));
  write(folder, 'cluster-a-issuer.key', keyPem(key));
}

const cases: [string, (folder: string) => void, string][] = [
  [
    'an empty certificate',
    (folder) => write(folder, 'ca.crt', ''),
    `ca.crt: is not a complete PEM certificate; ${restore}`,
  ],
  [
    'a truncated certificate',
    (folder) => cut(folder, 'cluster-a-issuer.crt'),
    `cluster-a-issuer.crt: is not a complete PEM certificate; ${remint}`,
  ],
  [
    'a truncated key',
    (folder) => cut(folder, 'cluster-a-issuer.key'),
    `cluster-a-issuer.key: is not a complete unencrypted PEM private key; ${remint}`,
  ],
  [
    'a truncated key of the anchor',
    (folder) => cut(folder, 'ca.key'),
    `ca.key: is not a complete unencrypted PEM private key; ${restore}`,
  ],
  [
    'a NATS CA in one file with its key, the key first',
    (folder) => write(folder, 'nats-ca.crt', read(folder, 'nats-ca.key') + read(folder, 'nats-ca.crt')),
    'nats-ca.crt: holds a block EC PRIVATE KEY beside the certificate; keep only the block CERTIFICATE;',
  ],
  [
    'an anchor in one file with its key, the key last',
    (folder) => write(folder, 'ca.crt', read(folder, 'ca.crt') + read(folder, 'ca.key')),
    'ca.crt: holds a block EC PRIVATE KEY beside the certificate; keep only the block CERTIFICATE;',
  ],
  [
    'a key in one file with the key of its CA',
    (folder) =>
      write(
        folder,
        'cluster-a-issuer.key',
        read(folder, 'cluster-a-issuer.key') + read(folder, 'cluster-a-issuer.crt'),
      ),
    'cluster-a-issuer.key: holds a block CERTIFICATE beside the key; keep only the block PRIVATE KEY;',
  ],
  [
    'a NATS CA with a byte order mark',
    (folder) => write(folder, 'nats-ca.crt', `\ufeff${read(folder, 'nats-ca.crt')}`),
    'nats-ca.crt: begins with a byte order mark; save it as plain ASCII, without that mark.',
  ],
  [
    'a NATS CA that is indented',
    (folder) => write(folder, 'nats-ca.crt', `  ${read(folder, 'nats-ca.crt')}`),
    'nats-ca.crt: has text on the line of BEGIN CERTIFICATE, so nats-server and Linkerd do not find the block;',
  ],
  [
    'truncated passwords',
    (folder) => write(folder, 'passwords.json', '{"vm-a/sys": "Secret'),
    'passwords.json: is not one JSON object of non-empty strings; restore it',
  ],
  [
    'an empty password',
    (folder) => write(folder, 'passwords.json', '{"vm-a/sys": ""}'),
    'passwords.json: is not one JSON object of non-empty strings; restore it',
  ],
  [
    'an expired certificate',
    (folder) => forgeIssuer(folder, { notAfter: new Date('2020-01-02T03:04:05Z'), notBefore: new Date(0) }),
    'cluster-a-issuer.crt: expired at 2020-01-02T03:04:05.000Z; run `npm run certs -- rotate expiring --folder ',
  ],
  [
    'a certificate of the future',
    (folder) =>
      forgeIssuer(folder, {
        notBefore: new Date('2090-01-01T00:00:00Z'),
        notAfter: new Date('2091-01-01T00:00:00Z'),
      }),
    'cluster-a-issuer.crt: is not valid before 2090-01-01T00:00:00.000Z',
  ],
  [
    'an issuer that is no CA',
    (folder) => forgeIssuer(folder, { pathLength: undefined }),
    `cluster-a-issuer.crt: is not a CA certificate; ${remint}`,
  ],
  [
    'a server certificate that is a CA',
    (folder) => write(folder, 'vm-a-nats-broker.crt', read(folder, 'nats-ca.crt')),
    'vm-a-nats-broker.crt: is a CA certificate, which it must not be; delete',
  ],
  [
    'a foreign certificate',
    (folder) => copy(mintedFolder(), folder, 'cluster-a-issuer.crt', 'cluster-a-issuer.key'),
    `cluster-a-issuer.crt: was not signed by ca.crt; ${remint}`,
  ],
  [
    'a foreign anchor',
    (folder) => copy(mintedFolder(), folder, 'ca.crt', 'ca.key'),
    'cluster-a-issuer.crt: was not signed by ca.crt; delete',
  ],
  [
    'a NATS certificate under the anchor',
    (folder) => write(folder, 'nats-ca.crt', read(folder, 'ca.crt')),
    'nats-ca.key: does not belong to nats-ca.crt; restore',
  ],
  [
    'swapped keys',
    (folder) => write(folder, 'cluster-a-issuer.key', read(folder, 'cluster-b-issuer.key')),
    `cluster-a-issuer.key: does not belong to cluster-a-issuer.crt; ${remint}`,
  ],
  [
    'a missing anchor',
    (folder) => remove(folder, 'ca.crt', 'ca.key'),
    `ca.crt: is missing, but certificates that it signed are there; ${restore}`,
  ],
  [
    'an anchor of which only the key is left',
    (folder) => remove(folder, 'ca.crt'),
    `ca.crt: is missing, but ca.key is there; ${restore}`,
  ],
  [
    'something that is no file',
    (folder) => remove(folder, 'ca.crt') ?? mkdirSync(join(folder, 'ca.crt')),
    'ca.crt: cannot be read (EISDIR); make it a readable file',
  ],
];

describe.each(cases)('%s', (_, spoil, message) => {
  it('is refused with the remedy, and the folder stays as it is', () => {
    const folder = mintedFolder();
    spoil(folder);
    const before = everything(folder);
    expect(messageOf(() => mint(resolve(topology), folder))).toContain(message);
    expect(everything(folder)).toEqual(before);
  });
});

it('refuses what only time has spoilt', () => {
  const folder = mintedFolder(topology, new Date(Date.now() - 366 * day));
  expect(messageOf(() => mint(resolve(topology), folder))).toContain('cluster-b-issuer.crt: expired at');
});

it('names ten files at most', () => {
  const leafClusters = Array.from({ length: 20 }, (_, i) => ({
    ...fixtures.leaf,
    name: `vm-${i}`,
    issuer: `issuer-${i}`,
  }));
  const wanted = { ...topology, leafClusters };
  const folder = mintedFolder(wanted);
  for (const { issuer } of leafClusters) write(folder, `${issuer}.crt`, '');
  const lines = messageOf(() => mint(resolve(wanted), folder)).split('\n');
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('… and 10 more files.');
});

it('tells no secret in a message', () => {
  const folder = mintedFolder();
  const before = secrets(folder);
  cut(folder, 'cluster-a-issuer.key');
  write(folder, 'passwords.json', read(folder, 'passwords.json').slice(0, -4));
  const message = messageOf(() => mint(resolve(topology), folder));
  expect(before.filter((secret) => message.includes(secret))).toEqual([]);
});
