import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { resolve } from '../../../model/resolve.ts';
import { type SecretObject, secretsManifest, secretsText, secretsWanted } from '../../../synth/secrets.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';
import { type KubeObject, values } from '../../support/manifest.ts';
import { objectsOf } from '../../support/minted.ts';
import { credentials } from '../constructs/fixtures.ts';

const [broker, leaf] = [...synthesize(resolve(topology))];

it('writes a Secret for each that the manifests name, of the type that its keys say', () => {
  const secrets = objectsOf(secretsManifest(broker!.secrets, credentials)) as (KubeObject & {
    type: string;
  })[];
  expect(secrets.map(({ kind, type, metadata }) => [kind, metadata.namespace, metadata.name, type])).toEqual([
    ['Secret', 'nats-system', 'nats-broker-accounts', 'Opaque'],
    ['Secret', 'nats-system', 'nats-broker-tls', 'kubernetes.io/tls'],
    ['Secret', 'nats-system', 'nats-auth', 'Opaque'],
    ['Secret', 'nats-system', 'nats-publisher-tls', 'kubernetes.io/tls'],
  ]);
});

it('fills the keys from the credentials of its own cluster', () => {
  const secrets = objectsOf(secretsManifest(leaf!.secrets, credentials));
  const texts = (name: string) => {
    const secret = secrets.find(({ metadata }) => metadata.name === name)!;
    return Object.fromEntries([...values(secret)].map(([key, value]) => [key, value.toString()]));
  };
  expect(texts('nats-auth')).toEqual({ username: 'natsuser', password: 'password vm-b/natsuser' });
  expect(texts('nats-leaf-tls')).toEqual({
    'tls.crt': 'certificate vm-b-nats-leaf',
    'tls.key': 'key vm-b-nats-leaf',
    'ca.crt': 'the NATS CA',
  });
});

it.each(['12345678', 'true', '0x10', '1e5', ' a ', 'a: b # c', '"quoted"', "it's", '🙂', '|-'])(
  'keeps the password %j as the text that it is',
  (password) => {
    const secrets = broker!.secrets.filter(({ name }) => name === 'nats-auth');
    const manifest = secretsManifest(secrets, { ...credentials, password: () => password });
    for (const version of ['1.1', '1.2'] as const) {
      const { data } = parse(manifest, { version });
      expect(Buffer.from(data.password, 'base64').toString()).toBe(password);
    }
  },
);

it('keeps every text as it is, whatever stands in its lines', () => {
  const lines = fc.array(
    fc.oneof(fc.string(), fc.constantFrom('', ' a', 'a ', '---', '# a', '\t', 'a: |', '%')),
  );
  const text = fc.oneof(
    lines.map((all) => all.join('\n')),
    lines.map((all) => `${all.join('\n')}\n`),
    fc.string({ unit: 'grapheme' }),
  );
  const object = (value: string): SecretObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: '1e3', namespace: 'null' },
    type: 'Opaque',
    stringData: { 'a.b': value, true: value },
  });
  fc.assert(
    fc.property(text, fc.constantFrom('1.1' as const, '1.2' as const), (value, version) => {
      const both = secretsText([object(value), object('x')]);
      const [first, second] = parseAllDocuments(both, { version }).map((document) => document.toJS());
      expect(first).toEqual(object(value));
      expect(second).toEqual(object('x'));
    }),
    { numRuns: 500 },
  );
});

it('says what somebody else has to provide, without a value', () => {
  expect(secretsWanted('vm-a', broker!.secrets)).toBe(
    [
      'vm-a needs these Secrets:',
      '  nats-system/nats-broker-accounts: accounts and users of nats-broker; keys accounts.conf',
      '  nats-system/nats-broker-tls: server certificate of nats-broker; keys tls.crt, tls.key, ca.crt',
      '  nats-system/nats-auth: user name and password of nats-publisher; keys username, password',
      '  nats-system/nats-publisher-tls: client certificate of nats-publisher; keys tls.crt, tls.key, ca.crt',
    ].join('\n'),
  );
});
