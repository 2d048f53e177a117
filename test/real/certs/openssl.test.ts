import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { credentialPlan } from '../../../certs/plan.ts';
import { resolve } from '../../../model/resolve.ts';
import { at, leaf, mintedFolder, topology } from '../../support/certs/fixtures.ts';
import { describeReal, needed } from '../../support/parts.ts';

const openssl = (...args: string[]) => spawnSync(needed('openssl'), args, { encoding: 'utf8' });

const verify = (folder: string, ca: string, name: string, ...options: string[]) =>
  openssl(
    'verify',
    '-x509_strict',
    ...options,
    '-CAfile',
    join(folder, `${ca}.crt`),
    join(folder, `${name}.crt`),
  );

describeReal(['openssl'], 'openssl', () => {
  it('verifies every chain strictly, and none against the other root', () => {
    const wanted = {
      ...at('2001:db8::7'),
      leafClusters: [leaf, { ...leaf, name: 'vm-c', issuer: 'c-issuer' }],
    };
    const folder = mintedFolder(wanted);
    for (const { name, signer = name } of credentialPlan(resolve(wanted)).certificates) {
      expect(verify(folder, signer, name)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(': OK'),
      });
      const other = signer === 'ca' ? 'nats-ca' : 'ca';
      expect(verify(folder, other, name).status).not.toBe(0);
    }
  });

  it('verifies a thousand certificates', () => {
    const leafClusters = Array.from({ length: 500 }, (_, i) => ({
      ...leaf,
      name: `vm-${i}`,
      issuer: `issuer-${i}`,
    }));
    const wanted = { ...topology, leafClusters };
    const folder = mintedFolder(wanted);
    const signedBy = (ca: string) =>
      credentialPlan(resolve(wanted)).certificates.flatMap(({ name, signer }) =>
        signer === ca ? [join(folder, `${name}.crt`)] : [],
      );
    for (const ca of ['ca', 'nats-ca']) {
      const files = signedBy(ca);
      const { stdout, status } = openssl(
        'verify',
        '-x509_strict',
        '-CAfile',
        join(folder, `${ca}.crt`),
        ...files,
      );
      expect(status).toBe(0);
      expect(stdout.trim().split('\n')).toHaveLength(files.length);
    }
  });

  it('finds each key to belong to its certificate and to no other', () => {
    const folder = mintedFolder();
    const keyOf = (name: string) => openssl('pkey', '-in', join(folder, `${name}.key`), '-pubout').stdout;
    const certified = (name: string) =>
      openssl('x509', '-in', join(folder, `${name}.crt`), '-noout', '-pubkey').stdout;
    const names = credentialPlan(resolve(topology)).certificates.map(({ name }) => name);
    for (const name of names) expect(keyOf(name)).toBe(certified(name));
    expect(new Set(names.map(certified)).size).toBe(names.length);
    expect(certified('ca')).toContain('BEGIN PUBLIC KEY');
  });

  it.each([
    ['vm-a-nats-broker', 'sslserver', 0],
    ['vm-a-nats-broker', 'sslclient', 2],
    ['vm-b-nats-leaf', 'sslclient', 0],
    ['vm-b-nats-leaf', 'sslserver', 2],
    ['vm-a-nats-publisher', 'sslserver', 2],
  ])('lets %s act as %s with exit code %i', (name, purpose, status) => {
    expect(verify(mintedFolder(), 'nats-ca', name, '-purpose', purpose).status).toBe(status);
  });

  it('accepts the broker under each name that is dialled, and under no other', () => {
    const folder = mintedFolder(at('2001:db8::7'));
    const under = (option: string, name: string) =>
      verify(folder, 'nats-ca', 'vm-a-nats-broker', option, name).status;
    expect(under('-verify_ip', '2001:db8::7')).toBe(0);
    expect(under('-verify_ip', '2001:db8::8')).toBe(2);
    expect(under('-verify_hostname', 'nats-broker.nats-system.svc.cluster.local')).toBe(0);
    expect(under('-verify_hostname', 'nats-broker-0.nats-broker-headless.nats-system.svc')).toBe(0);
    expect(under('-verify_hostname', 'nats-leaf')).toBe(2);
  });

  it('verifies after 2049 what ends after 2049', () => {
    const folder = mintedFolder(topology, new Date('2048-01-01T00:00:00Z'));
    const at2055 = String(Date.parse('2055-01-01T00:00:00Z') / 1000);
    expect(verify(folder, 'ca', 'ca', '-attime', at2055).status).toBe(0);
    const at2059 = String(Date.parse('2059-01-01T00:00:00Z') / 1000);
    expect(verify(folder, 'ca', 'ca', '-attime', at2059).status).not.toBe(0);
  });
});
