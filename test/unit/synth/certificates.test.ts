import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type HeldCertificate, heldCertificates } from '../../../certs/credentials.ts';
import { mint } from '../../../certs/mint.ts';
import { topology as monitoring } from '../../../examples/monitoring.ts';
import { resolve } from '../../../model/resolve.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';
import { certificatesManifest } from '../../../synth/expiry-rules.ts';
import { objectsOf } from '../../support/minted.ts';

const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [leaf, other] = monitoring.leafClusters as [LeafCluster, LeafCluster];
const plain: LeafCluster = { ...other, link: { kind: 'plaintext', insecurePlaintext: true } };
const { monitoring: _, ...unwatched } = leaf;

interface Rule {
  readonly record: string;
  readonly expr: string;
  readonly labels: { readonly cluster: string; readonly kind: string; readonly name: string };
}

/** What is recorded of a cluster, by default of the first leaf's. */
function manifestOf(topology: Topology, name = 'vm-b', held: readonly HeldCertificate[] = []) {
  const model = resolve(topology);
  return certificatesManifest(model, model.clusters.find((cluster) => cluster.name === name)!, held);
}

function rulesOf(topology: Topology, name: string): Rule[] {
  const issued = join(folder, String(topology.leafClusters.length));
  const { inventory } = mint(resolve(topology), issued);
  const text = manifestOf(topology, name, heldCertificates(resolve(topology), inventory));
  const [rule] = objectsOf(text!);
  return (rule!.spec as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
}
const told = ({ labels: { kind, name } }: Rule) => `${kind}: ${name}`;

const watched: Topology = {
  ...monitoring,
  brokerCluster: {
    ...monitoring.brokerCluster,
    externalClients: [{ name: 'billing', networks: 'anywhere', subscribe: ['test.>'] }],
  },
};

describe('the ends of certificates', () => {
  it('are those on the disk, in seconds, by a name that rotating them takes', () => {
    for (const { record, expr, labels } of rulesOf(watched, 'vm-a')) {
      const issued = join(folder, '2');
      const { validTo } = new X509Certificate(readFileSync(join(issued, `${labels.name}.crt`)));
      expect(expr).toBe(`vector(${Date.parse(validTo) / 1000})`);
      expect(record).toBe('nats_mtls_certificate_expiration_timestamp_seconds');
      expect(labels.cluster).toBe('vm-a');
    }
  });

  it('are those of the anchor that the cluster trusts, and of no other', () => {
    const own: Topology = { ...monitoring, leafClusters: [{ ...leaf, trustAnchor: 'own' }] };
    expect(rulesOf(own, 'vm-b').map(told)).toContain('anchor: vm-b-ca');
    expect(rulesOf(own, 'vm-b').map(told)).not.toContain('anchor: ca');
    expect(rulesOf(own, 'vm-a').map(told)).toContain('anchor: ca');
    expect(rulesOf(own, 'vm-a').map(told)).not.toContain('anchor: vm-b-ca');
  });

  it('are, of the broker, those of its clients too, wherever they run', () => {
    expect(rulesOf(watched, 'vm-a').map(told)).toEqual([
      'anchor: ca',
      'issuer: cluster-a-issuer',
      'nats-ca: nats-ca',
      'nats: vm-a-nats-broker',
      'nats: vm-a-nats-publisher',
      'nats: vm-a-nats-streams',
      'nats: vm-a-billing',
      'nats: vm-a-sys',
      'nats: vm-a-doctor',
    ]);
  });

  it('are, of a leaf, those that it stops without', () => {
    expect(rulesOf(watched, 'vm-b').map(told)).toEqual([
      'anchor: ca',
      'issuer: cluster-b-issuer',
      'nats-ca: nats-ca',
      'nats: vm-b-nats-leaf',
    ]);
  });

  it('are, of a leaf in plain text, those of Linkerd alone', () => {
    const clear = { ...watched, leafClusters: [plain] };
    expect(rulesOf(clear, 'vm-c').map(told)).toEqual(['anchor: ca', 'issuer: cluster-c-issuer']);
  });

  it('are recorded under the labels that the operator selects, in the namespace of the rest', () => {
    const [rule] = objectsOf(manifestOf({ ...watched, namespace: 'messaging' })!);
    expect(rule).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'nats-certificates', namespace: 'messaging', labels: { release: 'monitoring' } },
    });
  });

  it('are not recorded where the operator does not watch', () => {
    for (const cluster of [unwatched, { ...leaf, monitoring: { kind: 'annotations' } as const }])
      expect(manifestOf({ ...watched, leafClusters: [cluster] })).toBeUndefined();
  });
});
