import { expect, it } from 'vitest';
import { credentialPlan } from '../../../certs/plan.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { leaf, topology } from '../../support/certs/fixtures.ts';

const names = (wanted: Topology) => credentialPlan(resolve(wanted)).certificates.map(({ name }) => name);

it('plans every certificate of the two clusters, each CA before what it signs', () => {
  expect(names(topology)).toEqual([
    'ca',
    'cluster-a-issuer',
    'cluster-b-issuer',
    'nats-ca',
    'vm-a-nats-broker',
    'vm-b-nats-leaf',
    'vm-a-nats-publisher',
    'vm-a-sys',
    'vm-a-doctor',
  ]);
});

it('plans a password for each user of each server', () => {
  expect(credentialPlan(resolve(topology)).passwords).toEqual([
    'vm-a/natsuser',
    'vm-a/sys',
    'vm-a/doctor',
    'vm-a/leaf-vm-b',
    'vm-b/natsuser',
    'vm-b/sys',
    'vm-b/doctor',
  ]);
});

it('plans a certificate and a password for an external client', () => {
  const brokerCluster = {
    ...topology.brokerCluster,
    externalClients: [{ name: 'ops', networks: 'anywhere' as const }],
  };
  const plan = credentialPlan(resolve({ ...topology, brokerCluster }));
  expect(plan.certificates.find(({ name }) => name === 'vm-a-ops')).toMatchObject({
    commonName: 'ops',
    purposes: ['clientAuth'],
  });
  expect(plan.passwords).toContain('vm-a/ops');
});

it('plans no client certificate for a leaf that comes in plain text, but its password', () => {
  const link = { kind: 'plaintext', insecurePlaintext: true } as const;
  const plan = { ...topology, leafClusters: [{ ...leaf, link }] };
  expect(names(plan)).not.toContain('vm-b-nats-leaf');
  expect(credentialPlan(resolve(plan)).passwords).toContain('vm-a/leaf-vm-b');
});

it('covers, with the server certificate, the address that leaves dial and the Service names', () => {
  const server = credentialPlan(resolve({ ...topology, namespace: 'messaging' })).certificates.find(
    ({ name }) => name === 'vm-a-nats-broker',
  );
  expect(server?.names).toContain('1.1.1.1');
  expect(server?.names).toContain('nats-broker.messaging.svc.cluster.local');
});

it('covers, with the server certificate, every address of the broker', () => {
  const brokerCluster = { ...topology.brokerCluster, furtherAddresses: ['1.1.1.2', 'nats.example.com'] };
  const server = credentialPlan(resolve({ ...topology, brokerCluster })).certificates.find(
    ({ name }) => name === 'vm-a-nats-broker',
  );
  expect(server?.names?.slice(0, 3)).toEqual(['1.1.1.1', '1.1.1.2', 'nats.example.com']);
});

it.each(['vm-a-nats-broker', 'vm-a-nats-publisher', 'vm-a-sys'])(
  'refuses a second certificate called %s',
  (issuer) => {
    expect(() => credentialPlan(resolve({ ...topology, leafClusters: [{ ...leaf, issuer }] }))).toThrow(
      `two certificates would be called '${issuer}.crt'; rename`,
    );
  },
);
