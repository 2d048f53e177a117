import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCertificate, requestCertificate } from '../../../certs/csr.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { parseKey } from '../../../certs/store/check-certificate.ts';
import { createCertificate } from '../../../certs/x509/certificate.ts';
import { parseCertificate, signerOf } from '../../../certs/x509/read-certificate.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  encrypt,
  everything,
  messageOf,
  mintedFolder,
  read,
  topology,
  write,
} from '../../support/certs/fixtures.ts';

const PASSPHRASE = 'open sesame';
const askPassphrase = () => PASSPHRASE;

function encryptedFolder(root: string): string {
  const folder = mintedFolder();
  encrypt(folder, `${root}.key`, PASSPHRASE);
  return folder;
}

describe.each(['ca', 'nats-ca'])('the root %s, whose key is encrypted', (root) => {
  it('is followed by one whose key is encrypted with the same passphrase', () => {
    const folder = encryptedFolder(root);
    const asked: string[] = [];
    const said: string[] = [];
    const ask = (file: string) => {
      asked.push(file);
      return PASSPHRASE;
    };
    rotateRoot(resolve(topology), folder, root, undefined, {
      askPassphrase: ask,
      log: (line) => said.push(line),
    });
    expect(asked).toEqual([join(folder, `${root}.key`)]);
    expect(said).toEqual([`${root}-next.key: encrypted with the passphrase of ${root}.key`]);
    const key = read(folder, `${root}-next.key`);
    expect(key).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(parseKey(key, 'another')).toBeUndefined();
    const certificate = new X509Certificate(read(folder, `${root}-next.crt`));
    expect(certificate.checkPrivateKey(parseKey(key, PASSPHRASE)!)).toBe(true);

    rotateRoot(resolve(topology), folder, root, 'bundle', { askPassphrase });
    expect(read(folder, `${root}.key`)).toBe(key);
    rotateRoot(resolve(topology), folder, root, 'switch', { askPassphrase });
    expect(read(folder, `${root}.key`)).toBe(key);
  });

  it.each([
    [
      'nobody can be asked for the passphrase',
      undefined,
      'the key that replaces it gets the same passphrase',
    ],
    ['the passphrase is wrong', () => 'wrong', 'the passphrase does not open it'],
  ])('stays alone when %s', (_, ask, message) => {
    const folder = encryptedFolder(root);
    const before = everything(folder);
    expect(
      messageOf(() => rotateRoot(resolve(topology), folder, root, undefined, { askPassphrase: ask })),
    ).toContain(message);
    expect(everything(folder)).toEqual(before);
  });

  it('has the key of a request for its successor encrypted as well, until and after the answer', () => {
    const folder = encryptedFolder(root);
    requestCertificate(resolve(topology), folder, root, { askPassphrase });
    const key = read(folder, `${root}.request.key`);
    expect(key).toContain('ENCRYPTED');
    const company = mintedFolder();
    const signer = signerOf(
      parseCertificate(read(company, `${root}.crt`))!,
      parseKey(read(company, `${root}.key`))!,
    );
    const [notBefore, notAfter] = [new Date(Date.now() - 1000), new Date(Date.now() + 1e9)];
    const content = { commonName: 'next', notBefore, notAfter, pathLength: 0 };
    write(company, 'answer.pem', createCertificate(content, parseKey(key, PASSPHRASE)!, signer));
    const answer = join(company, 'answer.pem');
    expect(messageOf(() => importCertificate(resolve(topology), folder, answer))).toContain(
      'its answer has to fit it',
    );
    importCertificate(resolve(topology), folder, answer, { askPassphrase });
    expect(read(folder, `${root}-next.key`)).toBe(key);
  });
});
