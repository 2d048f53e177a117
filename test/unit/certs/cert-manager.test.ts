import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { credentialPlan, delegatedCertificates } from '../../../certs/plan.ts';
import { renewalOf } from '../../../certs/rotate.ts';
import type { Reached } from '../../../certs/rotate-root.ts';
import { renewalSteps } from '../../../certs/runbook/renewal.ts';
import { rootSteps } from '../../../certs/runbook/root-rotation.ts';
import { findSecretRefs } from '../../../certs/secret-refs.ts';
import { createCertificate, generateKey, keyPem } from '../../../certs/x509/certificate.ts';
import { constraintsOf, excludes } from '../../../certs/x509/name-constraints.ts';
import { extension, pathLength } from '../../../certs/x509/read-certificate.ts';
import { topology } from '../../../examples/cert-manager.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { mintedFolder, read, temporaryFolder, write } from '../../support/certs/fixtures.ts';

const model = resolve(topology);
const certificate = (folder: string, name: string) => new X509Certificate(read(folder, `${name}.crt`));

describe('where cert-manager makes the certificates of a cluster', () => {
  it('mints a CA for each in place of what it makes, and what lies outside as before', () => {
    expect(credentialPlan(model).certificates.map(({ name }) => name)).toEqual([
      ...['ca', 'cluster-a-issuer', 'cluster-b-issuer', 'nats-ca'],
      ...['vm-a-nats-issuer', 'vm-b-nats-issuer', 'vm-a-sys', 'vm-a-doctor'],
    ]);
    const made = (cluster: string) =>
      delegatedCertificates(model)
        .get(cluster)!
        .map(({ name }) => name);
    expect(made('vm-a')).toEqual(['vm-a-nats-broker', 'vm-a-nats-publisher']);
    expect(made('vm-b')).toEqual(['vm-b-nats-leaf']);
  });

  it('mints no CA where the issuer is the user’s own', () => {
    const certificates = { kind: 'cert-manager', issuerRef: { name: 'vault' } } as const;
    const [leaf] = topology.leafClusters;
    const own = resolve({ ...topology, leafClusters: [{ ...leaf!, certificates }] });
    const names = credentialPlan(own).certificates.map(({ name }) => name);
    expect(names).toContain('vm-a-nats-issuer');
    expect(names).not.toContain('vm-b-nats-issuer');
    expect(names).not.toContain('vm-b-nats-leaf');
  });

  it('has the CA sign for the names of its cluster and for no name of any other kind', () => {
    const folder = mintedFolder(topology);
    const constraints = (name: string) =>
      constraintsOf(extension(certificate(folder, name), 'nameConstraints'));
    const leaf = constraints('vm-b-nats-issuer');
    expect(leaf.permitted.dns).toEqual(['leaf-vm-b']);
    const foreign = ['leaf-vm-c', 'sys', 'doctor', 'natsuser', 'localhost', '1.1.1.1', '2001:db8::1'];
    expect(foreign.filter((name) => !excludes(leaf, name))).toEqual([]);
    expect(excludes(leaf, 'leaf-vm-b')).toBe(false);
    const broker = constraints('vm-a-nats-issuer');
    const [server] = delegatedCertificates(model).get('vm-a')!;
    expect(server!.names!.filter((name) => excludes(broker, name))).toEqual([]);
    expect(['1.1.1.2', 'sys', 'doctor', 'leaf-vm-b'].filter((name) => !excludes(broker, name))).toEqual([]);
  });

  it('leaves room for it below the NATS CA', () => {
    const folder = mintedFolder(topology);
    expect(pathLength(certificate(folder, 'nats-ca'))).toBe(1);
    expect(pathLength(certificate(folder, 'vm-b-nats-issuer'))).toBe(0);
  });

  it('mints the CA anew when the names of its cluster change, and keeps it when they do not', () => {
    const folder = mintedFolder(topology);
    expect(mint(model, folder).minted).toEqual([]);
    const moved = { ...topology, brokerCluster: { ...topology.brokerCluster, address: '1.1.1.9' } };
    expect(mint(resolve(moved), folder).renewed).toEqual(['vm-a-nats-issuer']);
  });

  it('refuses a NATS CA that allows no CA below it, and changes nothing', () => {
    const folder = `${temporaryFolder()}/issued`;
    const { certificates: _, ...brokerCluster } = topology.brokerCluster;
    const without: Topology = { brokerCluster, leafClusters: [] };
    mint(resolve(without), folder);
    // As earlier versions have minted it.
    const key = generateKey();
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const content = { commonName: 'nats-ca', notBefore: days(-1), notAfter: days(100), pathLength: 0 };
    for (const name of ['vm-a-nats-broker', 'vm-a-nats-publisher', 'vm-a-sys', 'vm-a-doctor'])
      for (const end of ['crt', 'key']) write(folder, `${name}.${end}`, '');
    write(folder, 'nats-ca.crt', createCertificate(content, key));
    write(folder, 'nats-ca.key', keyPem(key));
    expect(() => mint(resolve({ ...topology, leafClusters: [] }), folder)).toThrow(
      'vm-a-nats-issuer.crt: cannot be signed, because nats-ca.crt allows no CA below it; take `certificates` out of topology.ts, rotate the NATS CA to its last stage, and put it back; or name an `issuerRef`.',
    );
  });

  it.each([
    ['leaf', 'vm-b', 'vm-b-nats-leaf', 'vm-b'],
    ['client', 'nats-publisher', 'vm-a-nats-publisher', 'vm-a'],
    ['server', '', 'vm-a-nats-broker', 'vm-a'],
  ])('says who renews what is not minted: rotate %s %s', (part, name, made, cluster) => {
    expect(() => renewalOf(model, part, name)).toThrow(
      `certs \`${part}\`: cert-manager makes ${made} and renews it by itself; to have all of ${cluster} renewed now: for one in $(kubectl --context ${cluster} -n nats-system get certificates -o name); do`,
    );
  });

  it('rotates the CA of a cluster, and says when that takes', () => {
    expect(renewalOf(model, 'nats-issuer', 'vm-b')).toEqual({ certificates: ['vm-b-nats-issuer'] });
    expect(() => renewalOf(model, 'nats-issuer', 'vm-c')).toThrow(
      '"vm-c" is not in the topology; use vm-a, vm-b',
    );
    const input = { model, secretRefs: findSecretRefs(model), folder: 'certs/issued', issued: new Map() };
    const root = credentialPlan(model).certificates.find(({ name }) => name === 'nats-ca')!;
    const renewals = (stage: Reached) =>
      rootSteps(root, stage, input).filter((line) => line.startsWith('for one in'));
    const steps = renewalSteps({ certificates: ['vm-b-nats-issuer'] }, input);
    expect(steps).toContain('kubectl --context vm-b apply -f dist/vm-b');
    expect(steps.join('\n')).toContain('-n nats-system get certificates -o name');
    expect(renewals('switch')).toHaveLength(2);
    expect(renewals('bundle')).toEqual([]);
  });

  it('brings the CA that all trust apart from what cert-manager writes', () => {
    const { natsCa, certificates } = findSecretRefs(model);
    const secrets = natsCa.map(({ cluster, secret }) => `${cluster} ${secret}`);
    expect(secrets).toEqual(expect.arrayContaining(['vm-a nats-ca', 'vm-b nats-ca']));
    expect(certificates.get('vm-b-nats-issuer')).toEqual([
      { cluster: 'vm-b', namespace: 'nats-system', secret: 'nats-issuer' },
    ]);
  });
});
