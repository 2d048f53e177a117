import { createPublicKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { createCertificate, generateKey, keyPem } from '../../../certs/x509/certificate.ts';
import { signerOf } from '../../../certs/x509/read-certificate.ts';
import { ipBytes } from '../../../model/ip-address.ts';

const notBefore = new Date('2026-01-01T00:00:00Z');
const notAfter = new Date('2036-01-01T00:00:00Z');
const content = { commonName: 'somebody', notBefore, notAfter };
const rootKey = generateKey();
const root = new X509Certificate(
  createCertificate({ ...content, commonName: 'root', pathLength: 1 }, rootKey),
);
const signer = signerOf(root, rootKey);

it('signs a certificate that its CA verifies and another CA does not', () => {
  const certificate = new X509Certificate(createCertificate(content, generateKey(), signer));
  expect(certificate.verify(root.publicKey)).toBe(true);
  expect(certificate.checkIssued(root)).toBe(true);
  expect(certificate.verify(createPublicKey(generateKey()))).toBe(false);
});

it('gives a new serial number of 20 bytes each time, positive and in its shortest form', () => {
  const serials = Array.from(
    { length: 50 },
    () => new X509Certificate(createCertificate(content, rootKey)).serialNumber,
  );
  expect(new Set(serials).size).toBe(50);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{39}$/);
});

it.each(['2049-12-31T23:59:59.000Z', '2050-01-01T00:00:00.000Z', '2126-05-06T07:08:09.000Z'])(
  'keeps the date %s as it is',
  (date) => {
    const pem = createCertificate({ ...content, notAfter: new Date(date) }, rootKey);
    expect(new Date(new X509Certificate(pem).validTo).toISOString()).toBe(date);
  },
);

it('writes DNS names, IPv4 and IPv6 addresses as what they are', () => {
  const names = ['nats-broker', '*.nats-broker-headless', '192.0.2.1', '2001:db8::1'];
  const certificate = new X509Certificate(createCertificate({ ...content, names }, rootKey));
  expect(certificate.subjectAltName).toBe(
    'DNS:nats-broker, DNS:*.nats-broker-headless, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1',
  );
  expect(certificate.checkIP('2001:db8::1')).toBe('2001:db8::1');
});

it('writes PEM with LF line ends and no blank line at the end, which linkerd would refuse', () => {
  const pem = createCertificate(content, rootKey);
  expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/);
  expect(keyPem(rootKey)).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n[^-]+-----END EC PRIVATE KEY-----\n$/);
});

it('refuses a common name that is too long', () => {
  expect(() => createCertificate({ ...content, commonName: 'x'.repeat(65) }, rootKey)).toThrow(
    'has 65 characters; use 1 to 64.',
  );
});

it.each([
  ['1.2.3.4', '01020304'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:DB8::', '20010db8000000000000000000000000'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
  ['fe80::1%eth0', undefined],
  ['nats.example.com', undefined],
])('reads %s as the bytes %s', (address, hex) => {
  expect(ipBytes(address)?.toString('hex')).toBe(hex);
});
