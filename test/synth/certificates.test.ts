import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { heldCertificates } from '../../certs/credentials.ts';
import { mint } from '../../certs/mint.ts';
import { topology as monitoring } from '../../examples/monitoring.ts';
import type { Cluster, LeafCluster, Topology } from '../../model/topology.ts';
import { certificatesManifest } from '../../synth/certificates.ts';
import { objectsOf } from '../real/minted.ts';

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

function rulesOf(topology: Topology, cluster: Cluster): Rule[] {
  const issued = join(folder, String(topology.leafClusters.length));
  const { stock } = mint(topology, issued);
  const text = certificatesManifest(topology, cluster, heldCertificates(topology, stock));
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
    for (const { record, expr, labels } of rulesOf(watched, watched.brokerCluster)) {
      const issued = join(folder, '2');
      const { validTo } = new X509Certificate(readFileSync(join(issued, `${labels.name}.crt`)));
      expect(expr).toBe(`vector(${Date.parse(validTo) / 1000})`);
      expect(record).toBe('nats_mtls_certificate_expiration_timestamp_seconds');
      expect(labels.cluster).toBe('vm-a');
    }
  });

  it('are, of the broker, those of its clients too, wherever they run', () => {
    expect(rulesOf(watched, watched.brokerCluster).map(told)).toEqual([
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
    expect(rulesOf(watched, watched.leafClusters[0]!).map(told)).toEqual([
      'anchor: ca',
      'issuer: cluster-b-issuer',
      'nats-ca: nats-ca',
      'nats: vm-b-nats-leaf',
    ]);
  });

  it('are, of a leaf in plain text, those of Linkerd alone', () => {
    const clear = { ...watched, leafClusters: [plain] };
    expect(rulesOf(clear, plain).map(told)).toEqual(['anchor: ca', 'issuer: cluster-c-issuer']);
  });

  it('are recorded under the labels that the operator selects, in the namespace of the rest', () => {
    const [rule] = objectsOf(certificatesManifest({ ...watched, namespace: 'messaging' }, leaf, [])!);
    expect(rule).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'nats-certificates', namespace: 'messaging', labels: { release: 'monitoring' } },
    });
  });

  it('are not recorded where the operator does not watch', () => {
    expect(certificatesManifest(watched, unwatched, [])).toBeUndefined();
    expect(
      certificatesManifest(watched, { ...leaf, monitoring: { kind: 'annotations' } }, []),
    ).toBeUndefined();
  });
});
