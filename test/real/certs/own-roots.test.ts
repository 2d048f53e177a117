import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importCertificate, requestCertificate } from '../../../certs/csr.ts';
import { mint } from '../../../certs/mint.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { parseCertificate } from '../../../certs/x509/read-certificate.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  emptyFolder,
  encrypt,
  everything,
  messageOf,
  mintedFolder,
  read,
  topology,
  write,
} from '../../support/certs/fixtures.ts';
import { describeReal, needed } from '../../support/parts.ts';

const openssl = (...args: string[]) => {
  const { status, stderr } = spawnSync(needed('openssl'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

const CA = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];

/** A root of a company's own, made by openssl in a plain folder. */
function companyRoot(folder: string, name: string, ...key: string[]) {
  mkdirSync(folder, { recursive: true });
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
  openssl(
    'req',
    '-x509',
    '-nodes',
    '-sha256',
    '-days',
    '30',
    '-subj',
    '/O=Company/CN=Root',
    ...key,
    ...files,
    ...CA,
  );
}

/** Signs a request as a company's CA does, with the extensions that were asked for. */
function signed(folder: string, request: string, ca: string, days = '30'): string {
  const answer = join(folder, 'answer.pem');
  const by = ['-CA', join(folder, `${ca}.crt`), '-CAkey', join(folder, `${ca}.key`)];
  openssl(
    'x509',
    '-req',
    '-in',
    request,
    ...by,
    '-sha256',
    '-days',
    days,
    '-copy_extensions',
    'copy',
    '-out',
    answer,
  );
  return answer;
}

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** The same clusters, of which the leaf is to have an anchor of its own. */
const own = resolve({
  ...topology,
  leafClusters: topology.leafClusters.map((leaf) => ({ ...leaf, trustAnchor: 'own' })),
});

describeReal(['openssl'], 'roots of a company', () => {
  it.each([
    ['P-256', P256],
    ['RSA-2048', ['-newkey', 'rsa:2048']],
  ])('sign what is minted with a key of the kind %s', (_, key) => {
    const folder = emptyFolder();
    companyRoot(folder, 'ca', ...key);
    companyRoot(folder, 'nats-ca', ...key);
    mint(resolve(topology), folder);
    for (const [name, by] of [
      ['cluster-b-issuer', 'ca'],
      ['vm-b-nats-leaf', 'nats-ca'],
    ]) {
      openssl('verify', '-x509_strict', '-CAfile', join(folder, `${by}.crt`), join(folder, `${name}.crt`));
    }
  });

  it.each([
    ['ca', ['-newkey', 'rsa:3072'], 'has a key of the kind RSA-3072, not P-256 or RSA-2048 or RSA-4096'],
    ['ca', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'has a key of the kind P-384'],
    ['nats-ca', ['-newkey', 'ed25519'], 'has a key of the kind ed25519'],
  ])('are refused as %s with the key %s', (name, key, problem) => {
    const folder = emptyFolder();
    companyRoot(folder, name, ...key);
    expect(messageOf(() => mint(resolve(topology), folder))).toContain(`${name}.crt: ${problem}`);
  });

  it('give an intermediate on request, which then signs, and which is trusted without its parents', () => {
    const folder = emptyFolder();
    companyRoot(folder, 'company', ...P256);
    const answer = signed(folder, requestCertificate(resolve(topology), folder, 'nats-ca'), 'company');
    write(folder, 'answer.pem', read(folder, 'answer.pem') + read(folder, 'company.crt'));
    expect(importCertificate(resolve(topology), folder, answer)).toMatchObject({
      name: 'nats-ca',
      replaces: false,
    });
    mint(resolve(topology), folder);
    expect(read(folder, 'nats-ca.crt').match(/BEGIN/g)).toHaveLength(1);
    expect(parseCertificate(read(folder, 'nats-ca.crt'))!.issuer).toContain('CN=Root');
    expect(parseCertificate(read(folder, 'vm-b-nats-leaf.crt'))!.issuer).toBe('CN=nats-ca');
  });

  it('begin a rotation when they replace a root', () => {
    const folder = mintedFolder();
    companyRoot(folder, 'company', ...P256);
    const answer = signed(folder, requestCertificate(resolve(topology), folder, 'ca'), 'company');
    expect(importCertificate(resolve(topology), folder, answer)).toMatchObject({
      name: 'ca-next',
      replaces: true,
    });
    expect(read(folder, 'ca-bundle.crt')).toBe(read(folder, 'ca.crt') + read(folder, 'ca-next.crt'));
    expect(mint(resolve(topology), folder).minted).toEqual([]);
    const second = signed(folder, requestCertificate(resolve(topology), folder, 'ca'), 'company');
    const before = everything(folder);
    expect(messageOf(() => importCertificate(resolve(topology), folder, second))).toContain(
      'ca-next.crt: is there already',
    );
    expect(everything(folder)).toEqual(before);
  });

  it('begin the way of a cluster from the shared anchor to its own', () => {
    const folder = mintedFolder();
    companyRoot(folder, 'company', ...P256);
    const answer = signed(folder, requestCertificate(own, folder, 'vm-b-ca'), 'company');
    expect(importCertificate(own, folder, answer)).toMatchObject({ name: 'vm-b-ca-next', replaces: true });
    expect(read(folder, 'vm-b-ca-bundle.crt')).toBe(
      read(folder, 'ca.crt') + read(folder, 'vm-b-ca-next.crt'),
    );
    expect(mint(own, folder).minted).toEqual([]);
    rotateRoot(own, folder, 'vm-b-ca', 'bundle');
    openssl(
      ...['verify', '-partial_chain', '-CAfile', join(folder, 'vm-b-ca.crt')],
      join(folder, 'cluster-b-issuer.crt'),
    );
  });

  it('do not begin it while the shared one is rotated', () => {
    const folder = mintedFolder();
    companyRoot(folder, 'company', ...P256);
    const answer = signed(folder, requestCertificate(own, folder, 'vm-b-ca'), 'company');
    rotateRoot(resolve(topology), folder, 'ca', undefined);
    const before = everything(folder);
    expect(() => importCertificate(own, folder, answer)).toThrow('the rotation of ca.crt is under way');
    expect(everything(folder)).toEqual(before);
  });

  it('are needed to judge what they signed', () => {
    const folder = emptyFolder();
    companyRoot(folder, 'company', ...P256);
    const answer = signed(folder, requestCertificate(resolve(topology), folder, 'vm-b-nats-leaf'), 'company');
    expect(messageOf(() => importCertificate(resolve(topology), folder, answer))).toContain(
      'nats-ca.crt: is missing or cannot be used',
    );
  });

  it('give a certificate that says what was requested, and no other is taken', () => {
    const folder = mintedFolder();
    const request = requestCertificate(resolve(topology), folder, 'vm-a-nats-broker');
    const foreign = signed(folder, request, 'ca');
    const before = everything(folder);
    expect(messageOf(() => importCertificate(resolve(topology), folder, foreign))).toContain(
      'was not signed by nats-ca.crt',
    );
    expect(messageOf(() => importCertificate(resolve(topology), folder, join(folder, 'ca.crt')))).toContain(
      'has no certificate for a key that was requested here',
    );
    expect(messageOf(() => requestCertificate(resolve(topology), folder, 'vm-a-nats-broker'))).toContain(
      'requested already',
    );
    expect(everything(folder)).toEqual(before);
    const answer = signed(folder, request, 'nats-ca');
    importCertificate(resolve(topology), folder, answer);
    expect(mint(resolve(topology), folder)).toMatchObject({ minted: [], renewed: [] });
    openssl('verify', '-CAfile', join(folder, 'nats-ca.crt'), join(folder, 'vm-a-nats-broker.crt'));
  });
});

it('refuses a root file with a chain or with a blank line at the end, and says what to keep', () => {
  const folder = mintedFolder();
  const anchor = read(folder, 'ca.crt');
  write(folder, 'ca.crt', `${anchor}\n`);
  expect(messageOf(() => mint(resolve(topology), folder))).toContain(
    'delete everything after the line END CERTIFICATE',
  );
  write(folder, 'ca.crt', anchor + read(folder, 'nats-ca.crt'));
  expect(messageOf(() => mint(resolve(topology), folder))).toContain(
    'holds 2 certificates; keep only the first one',
  );
});

it('asks for the passphrase of an encrypted key only when something has to be signed', () => {
  const folder = mintedFolder();
  encrypt(folder, 'nats-ca.key', 'open sesame');
  const asked: string[] = [];
  const askPassphrase = (file: string) => {
    asked.push(file);
    return 'open sesame';
  };
  mint(resolve(topology), folder, { askPassphrase });
  expect(asked).toEqual([]);
  const moved = { ...topology, brokerCluster: { ...topology.brokerCluster, address: '3.3.3.3' } };
  expect(messageOf(() => mint(resolve(moved), folder))).toContain(
    'is encrypted, and vm-a-nats-broker.crt has to be signed',
  );
  expect(mint(resolve(moved), folder, { askPassphrase }).renewed).toEqual(['vm-a-nats-broker']);
  expect(asked).toEqual([expect.stringMatching(/nats-ca\.key$/)]);
});

describeReal(['openssl'], "a company's files", () => {
  it('are not blamed for an answer without extensions, which openssl makes of version 1', () => {
    const folder = mintedFolder();
    const request = requestCertificate(resolve(topology), folder, 'vm-b-nats-leaf');
    const answer = join(folder, 'answer.pem');
    const by = ['-CA', join(folder, 'nats-ca.crt'), '-CAkey', join(folder, 'nats-ca.key')];
    openssl('x509', '-req', '-in', request, ...by, '-sha256', '-days', '30', '-out', answer);
    expect(messageOf(() => importCertificate(resolve(topology), folder, answer))).toContain(
      'answer.pem: is a certificate of version 1, without the extensions that were requested, so',
    );
  });

  it('are not said to need another passphrase where the cipher of the key is gone', () => {
    const folder = mintedFolder();
    const path = join(folder, 'nats-ca.key');
    const legacy = ['-provider', 'legacy', '-provider', 'default'];
    const cipher = ['-v1', 'PBE-SHA1-RC4-128', '-passout', 'pass:right'];
    openssl('pkcs8', '-topk8', '-in', path, '-out', `${path}.new`, ...cipher, ...legacy);
    renameSync(`${path}.new`, path);
    rmSync(join(folder, 'vm-a-sys.crt'));
    expect(messageOf(() => mint(resolve(topology), folder, { askPassphrase: () => 'right' }))).toMatch(
      /nats-ca\.key: is encrypted by a cipher that OpenSSL 3 has given up; run `openssl pkcs8 -topk8 -provider legacy/,
    );
  });
});
