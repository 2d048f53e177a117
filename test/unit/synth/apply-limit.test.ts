import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';
import { applyAdvice, largeObjects } from '../../../synth/apply-limit.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';

const text = 'x'.repeat(1023);
const configMap = (kib: number) => ({
  kind: 'ConfigMap',
  metadata: { name: 'nats-streams-config' },
  data: Object.fromEntries(Array.from({ length: kib }, (_, i) => [String(i), `${text}\n`])),
});

it.each([0, 200])('says nothing of an object of %d KiB', (kib) => {
  expect(applyAdvice('vm-a', [configMap(kib)])).toEqual([]);
});

it('says how to apply what is too large for an annotation', () => {
  expect(applyAdvice('vm-a', [configMap(1), configMap(300)])).toEqual([
    'vm-a: ConfigMap nats-streams-config has 303 KiB, of which kubectl apply can copy 256 into an annotation; use kubectl apply --server-side.',
  ]);
});

it('refuses what no cluster takes', () => {
  expect(() => applyAdvice('vm-a', [configMap(1025)])).toThrow(
    new InvalidInput(
      'vm-a: ConfigMap nats-streams-config has 1025 KiB, and Kubernetes takes at most 1024; keep fewer streams and consumers in one cluster.',
    ),
  );
});

const [leaf] = topology.leafClusters as [LeafCluster];
const leaves = (count: number, change: Partial<LeafCluster>): Topology => ({
  ...topology,
  leafClusters: Array.from({ length: count }, (_, i) => ({
    ...leaf,
    ...{ name: `leaf-${i}`, issuer: `leaf-${i}-issuer` },
    ...change,
  })),
});

/** Subjects that fill more than a Secret of a broker that many leaves sign in to, too few to be written once. */
const subjects = Array.from({ length: 60 }, (_, i) => `${'long.'.repeat(40)}${i}`);
const busy = resolve(leaves(99, { subscribers: [{ name: 'a', subject: 'b', subscribe: subjects }] }));

it('refuses the users of a broker whose leaves name too many subjects, and leaves the disk as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'apply-limit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const options = { issued: join(folder, 'issued'), output: join(folder, 'dist'), log: () => {} };
  await expect(synthCommand(busy, options)).rejects.toThrow(
    /^vm-a: Secret nats-broker-accounts has 1[1-4]\d\d KiB, and Kubernetes takes at most 1024; join fewer leaves/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('finds a large NetworkPolicy in the manifests', () => {
  const networks = Array.from({ length: 8000 }, (_, i) => `198.18.${i >> 8}.${i & 255}/32`);
  const [broker] = synthesize(resolve(leaves(1, { networks })));
  expect(applyAdvice('vm-a', largeObjects(broker!.files))).toContainEqual(
    expect.stringMatching(/^vm-a: NetworkPolicy nats-broker has \d{3} KiB, of which .* --server-side\.$/),
  );
});
