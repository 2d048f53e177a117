import { createPrivateKey } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCertificate, requestCertificate } from '../../../certs/csr.ts';
import { mint } from '../../../certs/mint.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { parseKey } from '../../../certs/store/check-certificate.ts';
import { nestedFolders } from '../../../certs/store/folder.ts';
import { createCertificate } from '../../../certs/x509/certificate.ts';
import { parseCertificate, signerOf } from '../../../certs/x509/read-certificate.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  emptyFolder,
  encrypt,
  everything,
  messageOf,
  mintedFolder,
  read,
  remove,
  temporaryFolder,
  topology,
  write,
} from '../../support/certs/fixtures.ts';

const model = resolve(topology);
const signerIn = (folder: string, ca: string) =>
  signerOf(parseCertificate(read(folder, `${ca}.crt`))!, parseKey(read(folder, `${ca}.key`))!);

/** A request for the leaf's certificate, and the answer of the NATS CA. */
function answered() {
  const folder = mintedFolder();
  requestCertificate(model, folder, 'vm-b-nats-leaf');
  const key = parseKey(read(folder, 'vm-b-nats-leaf.request.key'))!;
  const [notBefore, notAfter] = [new Date(Date.now() - 1000), new Date(Date.now() + 1e9)];
  const content = { commonName: 'leaf-vm-b', names: ['leaf-vm-b'], purposes: ['clientAuth'] as const };
  const crt = createCertificate({ ...content, notBefore, notAfter }, key, signerIn(folder, 'nats-ca'));
  return { folder, crt, answer: join(temporaryFolder(), 'answer') };
}

describe('an answer to a request', () => {
  it('leaves its file as the certificate alone, encoded anew', () => {
    const { folder, crt, answer } = answered();
    writeFileSync(answer, `subject=/CN=leaf ${crt.replaceAll('\n', '\r\n')}${read(folder, 'nats-ca.key')}`);
    importCertificate(model, folder, answer);
    expect(read(folder, 'vm-b-nats-leaf.crt')).toBe(crt);
  });

  it.each([
    ['DER', (der: Buffer) => der, 'is not PEM but DER; run `openssl x509 -inform DER -in '],
    [
      'PKCS #7 as PEM',
      () => '-----BEGIN PKCS7-----\nMAsG\n',
      'is not PEM but PKCS #7; run `openssl pkcs7 -print_certs -in ',
    ],
    [
      'PKCS #7 as DER',
      () => Buffer.from('3082010606092a864886f70d010702', 'hex'),
      'is not PEM but PKCS #7; run `openssl pkcs7 -print_certs -inform DER -in ',
    ],
    ['a page of HTML', () => '<html>', 'has no PEM certificate; give the answer of the CA'],
  ])('is not blamed on the request where it is %s', (_, form, message) => {
    const { folder, crt, answer } = answered();
    writeFileSync(answer, form(parseCertificate(crt)!.raw));
    const before = everything(folder);
    expect(messageOf(() => importCertificate(model, folder, answer))).toContain(`answer: ${message}`);
    expect(everything(folder)).toEqual(before);
  });
});

describe('a key that is encrypted', () => {
  it("is told to be so where it is an issuer's", () => {
    const folder = mintedFolder();
    encrypt(folder, 'cluster-a-issuer.key', 'x');
    expect(messageOf(() => mint(model, folder))).toMatch(
      /cluster-a-issuer\.key: is encrypted, .*decrypt it with `openssl pkey -in cluster-a-issuer\.key -out /,
    );
  });

  it("opens where it is a root's in the older form of OpenSSL", () => {
    const folder = mintedFolder();
    const key = createPrivateKey(read(folder, 'nats-ca.key'));
    const pem = key
      .export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString();
    expect(pem).toContain('Proc-Type: 4,ENCRYPTED');
    write(folder, 'nats-ca.key', pem);
    remove(folder, 'vm-a-sys.crt');
    expect(messageOf(() => mint(model, folder))).toContain('nats-ca.key: is encrypted, and vm-a-sys.crt has');
    expect(mint(model, folder, { askPassphrase: () => 'x' }).renewed).toEqual(['vm-a-sys']);
  });
});

describe('a root of a company that does not fit', () => {
  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'DER',
      (folder) => writeFileSync(join(folder, 'ca.crt'), parseCertificate(read(folder, 'ca.crt'))!.raw),
      /ca\.crt: is not PEM but the binary form DER; convert it with `openssl x509 -inform DER -in ca\.crt -out /,
    ],
    [
      'no CA',
      (folder) => write(folder, 'ca.crt', read(mintedFolder(), 'vm-a-sys.crt')),
      /ca\.crt: is not a CA certificate; put one that fits in its place, or delete ca\.\* and run `npm run certs[^`]*`, which mints one\.$/,
    ],
  ])('is not said to be in a backup before it signed anything: %s', (_, spoil, message) => {
    const minted = mintedFolder();
    const folder = emptyFolder();
    mkdirSync(folder);
    for (const file of ['ca.crt', 'ca.key']) write(folder, file, read(minted, file));
    spoil(folder);
    expect(messageOf(() => mint(model, folder))).toMatch(message);
  });
});

describe('a root whose key is on a stick', () => {
  const onStick = () => {
    const folder = mintedFolder();
    const stick = temporaryFolder();
    write(stick, 'nats-ca.key', read(folder, 'nats-ca.key'));
    remove(folder, 'nats-ca.key');
    symlinkSync(join(stick, 'nats-ca.key'), join(folder, 'nats-ca.key'));
    return { folder, stick };
  };

  it('does everything but sign while the stick is away', () => {
    const { folder, stick } = onStick();
    rmSync(stick, { recursive: true });
    expect(mint(model, folder).minted).toEqual([]);
    remove(folder, 'cluster-a-issuer.crt');
    mint(model, folder);
    remove(folder, 'vm-a-sys.crt');
    expect(messageOf(() => mint(model, folder))).toContain(
      'nats-ca.key: is missing, and vm-a-sys.crt has to be signed with it; put it back',
    );
  });

  it('leaves no copy of the old key on the disk when another root signs', () => {
    const { folder } = onStick();
    const old = read(folder, 'nats-ca.key');
    rotateRoot(model, folder, 'nats-ca', undefined);
    rotateRoot(model, folder, 'nats-ca', 'bundle');
    expect(everything(folder).join('\n')).not.toContain(old);
    rotateRoot(model, folder, 'nats-ca', 'switch');
    expect(mint(model, folder).minted).toEqual([]);
  });
});

it('names the folders within the set, where a restored backup may have gone', () => {
  const folder = mintedFolder();
  expect(nestedFolders(folder)).toEqual([]);
  mkdirSync(join(folder, 'backup'));
  expect(nestedFolders(folder)).toEqual([join(folder, 'backup')]);
});
