import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePasswords } from '../../../certs/store/passwords.ts';
import {
  type CertificateContent,
  createCertificate,
  generateKey,
  keyPem,
  type Purpose,
  type Signer,
} from '../../../certs/x509/certificate.ts';
import { signerOf } from '../../../certs/x509/read-certificate.ts';
import type { Identity } from '../nats-wire.ts';

const DAY = 86_400_000;

const inDays = (days: number) => new Date(Date.now() + days * DAY);

/** What a forged certificate says where it differs from a good one. */
type Flaw = Partial<Pick<CertificateContent, 'notBefore' | 'notAfter'>> & { readonly purpose?: Purpose };

/** Everything that was minted, in the hands of attackers, and certificates that they had somebody sign. */
export class AttackCredentials {
  readonly natsCa: string;
  private readonly passwords: Record<string, string>;

  constructor(private readonly folder: string) {
    this.natsCa = this.read('nats-ca.crt');
    this.passwords = parsePasswords(this.read('passwords.json')) ?? {};
  }

  /** The minted pair of this file name. */
  minted = (name: string): Identity => ({ cert: this.read(`${name}.crt`), key: this.read(`${name}.key`) });

  /** The minted password of a user, such as `vm-a/natsuser`. */
  password(name: string): string {
    const password = this.passwords[name];
    if (!password) throw new Error(`No password \`${name}\` was minted.`);
    return password;
  }

  /** A certificate for a name that a minted CA signed, with a flaw or without. */
  signedBy(ca: string, name: string, flaw: Flaw = {}): Identity {
    const pair = this.minted(ca);
    const signer = signerOf(new X509Certificate(pair.cert), createPrivateKey(pair.key));
    const { cert, key } = signed(name, flaw, signer);
    return { cert: `${cert}${pair.cert}`, key };
  }

  /** A certificate for a name from a CA that calls itself as ours does. */
  fromAnotherCa(name: string): Identity {
    const key = generateKey();
    const content = { commonName: 'nats-ca', notBefore: inDays(-1), notAfter: inDays(1), pathLength: 0 };
    const ca = createCertificate(content, key);
    const pair = signed(name, {}, signerOf(new X509Certificate(ca), key));
    return { cert: `${pair.cert}${ca}`, key: pair.key };
  }

  private read = (file: string) => readFileSync(join(this.folder, file), 'utf8');
}

function signed(name: string, flaw: Flaw, signer: Signer): Identity {
  const key = generateKey();
  const { notBefore = inDays(-1), notAfter = inDays(1), purpose = 'clientAuth' } = flaw;
  // A common name has 64 characters at most; what counts is the other name.
  const commonName = name.slice(0, 64);
  const content = { commonName, notBefore, notAfter, purposes: [purpose], names: [name] };
  return { cert: createCertificate(content, key, signer), key: keyPem(key) };
}

export const expired = { notBefore: inDays(-2), notAfter: inDays(-1) };
export const notYetValid = { notBefore: inDays(1), notAfter: inDays(2) };
