import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { credentialPlan, type PlannedCertificate } from '../../../certs/plan.ts';
import { parseKey } from '../../../certs/store/check-certificate.ts';
import { createCertificate, generateKey, keyPem, type Signer } from '../../../certs/x509/certificate.ts';
import { parseCertificate, signerOf } from '../../../certs/x509/read-certificate.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  copy,
  emptyFolder,
  messageOf,
  mintedFolder,
  read,
  remove,
  temporaryFolder,
  topology,
  write,
} from '../../support/certs/fixtures.ts';
import { opensslCa } from '../../support/certs/openssl-ca.ts';
import { describeReal, needed } from '../../support/parts.ts';

/** The broker at 1.1.1.1, in namespace nats-system, and client names without a dot. */
const { certificates } = credentialPlan(resolve(topology));
const EXPLICIT = [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
  '-pkeyopt',
  'ec_param_enc:explicit',
];
const clients = 'permitted;DNS:natsuser,permitted;DNS:leaf-vm-b,permitted;DNS:sys,permitted;DNS:doctor';
const broker =
  'permitted;DNS:nats-broker,permitted;DNS:nats-system,permitted;DNS:svc,permitted;DNS:localhost';

type Case = readonly [what: string, extensions: string[], refusal: string | undefined, key?: string[]];

const always: readonly Case[] = [
  ['nothing more', [], undefined],
  [
    'no constraint but that of a mail address',
    ['nameConstraints=critical,permitted;email:example.com'],
    undefined,
  ],
  ['both purposes and another', ['extendedKeyUsage=serverAuth,clientAuth,codeSigning'], undefined],
  ['serverAuth and another', ['extendedKeyUsage=serverAuth,codeSigning'], 'is limited to the purposes'],
  ['neither purpose', ['extendedKeyUsage=emailProtection,codeSigning'], 'is limited to the purposes'],
  ['an unknown critical extension', ['1.2.3.4.5=critical,ASN1:NULL'], 'has the critical extension 1.2.3.4.5'],
  ['an unknown extension', ['1.2.3.4.5=ASN1:NULL'], undefined],
  ['a curve that is written out', [], 'has a key whose curve is written out', EXPLICIT],
  [
    'a critical constraint of directory names',
    ['nameConstraints=critical,permitted;dirName:dn'],
    'of a kind other than',
  ],
];

const nats: readonly Case[] = [
  ...always,
  ['any purpose', ['extendedKeyUsage=anyExtendedKeyUsage'], undefined],
  [
    'a domain of its own',
    ['nameConstraints=critical,permitted;DNS:.corp.example.com'],
    'do not let it sign for',
  ],
  [
    'every IP excluded',
    ['nameConstraints=critical,excluded;IP:0.0.0.0/0.0.0.0'],
    'do not let it sign for 1.1.1.1',
  ],
  ['another IP excluded', ['nameConstraints=critical,excluded;IP:1.1.2.0/255.255.255.0'], undefined],
  [
    'another IP permitted',
    ['nameConstraints=critical,permitted;IP:1.1.2.0/255.255.255.0'],
    'do not let it sign for 1.1.1.1',
  ],
  ['this IP permitted', ['nameConstraints=critical,permitted;IP:1.1.0.0/255.255.0.0'], undefined],
  [
    'an IPv6 permitted',
    ['nameConstraints=critical,permitted;IP:2001:db8::/ffff:ffff::'],
    'do not let it sign for 1.1.1.1',
  ],
  ['clients alone', [`nameConstraints=critical,${clients}`], 'do not let it sign for nats-broker'],
  [
    'all but one',
    [`nameConstraints=${clients},${broker}`],
    'do not let it sign for nats-broker.nats-system.svc.cluster.local',
  ],
  ['all names', [`nameConstraints=${clients},${broker},permitted;DNS:cluster.local`], undefined],
  [
    'cluster.local excluded',
    ['nameConstraints=excluded;DNS:cluster.local'],
    'do not let it sign for nats-broker.nats-system.svc.cluster.local',
  ],
  ['what is below a client excluded', ['nameConstraints=excluded;DNS:.natsuser'], undefined],
  [
    'a pod within the wildcard excluded',
    ['nameConstraints=excluded;DNS:nats-broker-0.nats-broker-headless.nats-system.svc'],
    'do not let it sign for *.nats-broker-headless',
  ],
  ['critical policies', ['certificatePolicies=critical,1.2.3.4'], undefined],
  ['a constraint of directory names', ['nameConstraints=permitted;dirName:dn'], undefined],
];

const linkerds: readonly Case[] = [
  ...always,
  [
    'a domain of its own',
    ['nameConstraints=critical,permitted;DNS:.corp.example.com'],
    'do not let it sign for default.nats-system.service',
  ],
  [
    "Linkerd's identities",
    ['nameConstraints=critical,permitted;DNS:identity.linkerd.cluster.local'],
    undefined,
  ],
  [
    'one namespace',
    ['nameConstraints=critical,permitted;DNS:nats-system.serviceaccount.identity.linkerd.cluster.local'],
    'do not let it sign for linkerd-identity',
  ],
];

const named = (cases: readonly Case[]) =>
  cases.map(([what, extensions, refusal, key]) => ({ what, extensions, refusal, key }));

/** Go's answer, as one string: empty when it takes the chain. */
function go(root: string, chain: string, purpose: 'server' | 'client', name?: string): string {
  const folder = temporaryFolder();
  write(folder, 'root.pem', root);
  write(folder, 'chain.pem', chain);
  const files = [join(folder, 'root.pem'), join(folder, 'chain.pem')];
  const { stderr } = spawnSync(needed('go-x509'), ['verify', ...files, purpose, ...(name ? [name] : [])], {
    encoding: 'utf8',
  });
  return stderr;
}

/** A year from yesterday on, below any signer. */
function below(
  signer: Signer,
  content: Pick<PlannedCertificate, 'commonName' | 'names' | 'purposes'>,
): string {
  const [notBefore, notAfter] = [new Date(Date.now() - 1e8), new Date(Date.now() + 1e9)];
  return createCertificate({ ...content, notBefore, notAfter }, generateKey(), signer);
}

const pair = ({ crt, key }: { crt: string; key: string }) => ({
  crt: readFileSync(crt, 'utf8'),
  key: readFileSync(key, 'utf8'),
});

const signerFrom = ({ crt, key }: { crt: string; key: string }) =>
  signerOf(parseCertificate(crt)!, parseKey(key)!);

/** What Linkerd's identity gives to workloads. */
const workload = (account: string) => ({
  commonName: account,
  names: [`${account}.serviceaccount.identity.linkerd.cluster.local`],
  purposes: ['serverAuth', 'clientAuth'] as const,
});

function agree(message: string | undefined, refusal: string | undefined, answers: readonly string[]) {
  if (refusal === undefined) {
    expect(message).toBeUndefined();
    expect(answers.filter(Boolean)).toEqual([]);
  } else {
    expect(message).toContain(refusal);
    expect(message?.split('\n')).toHaveLength(1);
    expect(answers.filter(Boolean)).not.toEqual([]);
  }
}

const messageIfAny = (folder: string) => {
  try {
    mint(resolve(topology), folder);
    return undefined;
  } catch {
    return messageOf(() => mint(resolve(topology), folder));
  }
};

describeReal(
  ['go-x509', 'openssl'],
  "a company's CA is taken exactly if Go takes what is minted under it",
  () => {
    describe.each(named(nats))('as NATS CA, with $what', ({ extensions, refusal, key }) => {
      it('is judged right', () => {
        const ca = pair(opensslCa(extensions, key));
        const folder = mintedFolder();
        remove(
          folder,
          ...certificates.filter(({ signer }) => signer === 'nats-ca').map(({ name }) => `${name}.crt`),
        );
        write(folder, 'nats-ca.crt', ca.crt);
        write(folder, 'nats-ca.key', ca.key);
        const answers = certificates
          .filter(({ signer }) => signer === 'nats-ca')
          .map((planned) => {
            const [purpose] = planned.purposes!;
            return go(ca.crt, below(signerFrom(ca), planned), purpose === 'serverAuth' ? 'server' : 'client');
          });
        agree(messageIfAny(folder), refusal, answers);
      });
    });

    describe.each(named(linkerds))('as anchor, with $what', ({ extensions, refusal, key }) => {
      it('is judged right', () => {
        const ca = pair(opensslCa(extensions, key));
        const folder = emptyFolder();
        mint(resolve(topology), folder);
        const issuers = certificates.filter(({ signer }) => signer === 'ca');
        remove(folder, ...issuers.map(({ name }) => `${name}.crt`));
        write(folder, 'ca.crt', ca.crt);
        write(folder, 'ca.key', ca.key);
        const issuer = generateKey();
        const [notBefore, notAfter] = [new Date(Date.now() - 1e8), new Date(Date.now() + 1e9)];
        const crt = createCertificate(
          { commonName: 'issuer', pathLength: 0, notBefore, notAfter },
          issuer,
          signerFrom(ca),
        );
        const identity = signerFrom({ crt, key: keyPem(issuer) });
        const answers = ['default.nats-system', 'linkerd-identity.linkerd'].flatMap((account) =>
          (['server', 'client'] as const).map((purpose) =>
            go(ca.crt, below(identity, workload(account)) + crt, purpose),
          ),
        );
        agree(messageIfAny(folder), refusal, answers);
      });
    });

    describe.each(named(linkerds))('as issuer, with $what', ({ extensions, refusal, key }) => {
      it('is judged right', () => {
        const folder = mintedFolder();
        const { crt, key: issuerKey } = issuerBelow(folder, extensions, key);
        write(folder, 'cluster-a-issuer.crt', crt);
        write(folder, 'cluster-a-issuer.key', issuerKey);
        const anchor = read(folder, 'ca.crt');
        const identity = signerFrom({ crt, key: issuerKey });
        const answers = ['default.nats-system', 'linkerd-identity.linkerd'].flatMap((account) =>
          (['server', 'client'] as const).map((purpose) =>
            go(anchor, below(identity, workload(account)) + crt, purpose),
          ),
        );
        agree(messageIfAny(folder), refusal, answers);
      });
    });

    it('as issuer for any purpose is refused, because a proxy does not take it, though Go does', () => {
      const folder = mintedFolder();
      const { crt, key } = issuerBelow(folder, ['extendedKeyUsage=anyExtendedKeyUsage']);
      write(folder, 'cluster-a-issuer.crt', crt);
      write(folder, 'cluster-a-issuer.key', key);
      expect(messageIfAny(folder)).toContain('is limited to the purposes 2.5.29.37.0; use a CA without');
    });
  },
);

/** An issuer that openssl signs with the anchor of a folder. */
function issuerBelow(folder: string, extensions: readonly string[], key?: string[]) {
  const there = temporaryFolder();
  copy(folder, there, 'ca.crt', 'ca.key');
  const ca = ['-CA', join(there, 'ca.crt'), '-CAkey', join(there, 'ca.key')];
  return pair(opensslCa(extensions, [...(key ?? opensslCa.P256), ...ca]));
}
