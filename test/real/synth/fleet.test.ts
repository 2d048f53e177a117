import { describe, expect, it } from 'vitest';
import { fleet } from '../../../examples/fleet.ts';
import { resolve } from '../../../model/resolve.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';
import { applyAdvice } from '../../../synth/apply-limit.ts';
import { ANNOTATION_LIMIT, secretObjects } from '../../../synth/secrets.ts';
import { type ClusterManifests, synthesize } from '../../../synth/synthesize.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { objectsOf } from '../../support/minted.ts';
import { credentials } from '../../unit/constructs/fixtures.ts';

const passwords = {
  ...credentials,
  password: () => 'p'.repeat(40),
  passwordHash: () => `$2a$04$${'h'.repeat(53)}`,
};

type Clusters = ReadonlyMap<string, ClusterManifests>;
const made = (topology: Topology): Clusters =>
  new Map([...synthesize(resolve(topology))].map((cluster) => [cluster.name, cluster]));

/** `kind/name` of every object of a cluster with its content, Secrets included. */
const objects = ({ files, secrets }: ClusterManifests) =>
  new Map(
    [...[...files.values()].flatMap(objectsOf), ...secretObjects(secrets, passwords)].map((object) => [
      `${object.kind}/${object.metadata.name}`,
      JSON.stringify(object),
    ]),
  );

function changedObjects(from: ClusterManifests, to: ClusterManifests): string[] {
  const [old, now] = [objects(from), objects(to)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key)).sort();
}

function changedClusters(from: Clusters, to: Clusters): string[] {
  const text = (clusters: Clusters, name: string) =>
    JSON.stringify([...(clusters.get(name)?.files ?? [])]) +
    JSON.stringify(secretObjects(clusters.get(name)?.secrets ?? [], passwords));
  return [...new Set([...from.keys(), ...to.keys()])].filter((name) => text(from, name) !== text(to, name));
}

/** What tells the broker of a leaf. None of it is part of a pod, so none restarts one. */
const TOLD = [
  'NetworkAuthentication/nats-broker-leafnodes-networks',
  'NetworkPolicy/nats-broker',
  'Secret/nats-broker-accounts',
];

const SHOPS = 50;
const before = fleet(SHOPS);
const clusters = made(before);

it('is as large as it is asked to be', () => {
  expect(made(fleet(1000)).size).toBe(1 + 1000);
});

it.each<[string, (shops: readonly LeafCluster[]) => LeafCluster[], string[], string[]]>([
  ['added', () => [...fleet(SHOPS + 1).leafClusters], ['office', `shop-${SHOPS + 1}`], TOLD],
  ['removed', (shops) => shops.filter(({ name }) => name !== 'shop-7'), ['office', 'shop-7'], TOLD],
  [
    'moved to another address',
    (shops) => shops.map((shop) => (shop.name === 'shop-7' ? { ...shop, address: '203.0.113.5' } : shop)),
    ['office'],
    TOLD.filter((object) => !object.startsWith('Secret/')),
  ],
])('changes nothing else when one shop is %s', (_, change, inClusters, inOffice) => {
  const after = made({ ...before, leafClusters: change(before.leafClusters) });
  expect(changedClusters(clusters, after)).toEqual(inClusters);
  expect(changedObjects(clusters.get('office')!, after.get('office')!)).toEqual(inOffice);
});

describe('the office of a thousand shops', () => {
  const [office] = synthesize(resolve(fleet(1000)));

  it('is small enough for kubectl apply to keep a copy of every object in an annotation', () => {
    const sizes = [...objects(office!)].map(([key, text]) => [key, Buffer.byteLength(text)] as const);
    expect(sizes.filter(([, size]) => size > ANNOTATION_LIMIT)).toEqual([]);
    expect(applyAdvice('office', secretObjects(office!.secrets, passwords))).toEqual([]);
  });

  it('lets all of them in by one rule', () => {
    const policy = JSON.parse(objects(office!).get('NetworkPolicy/nats-broker')!) as KubeObject;
    const { ingress } = policy.spec as { ingress: { from: unknown[] }[] };
    expect(ingress.map(({ from }) => from.length)).toEqual([1, 1000]);
  });
});

it('fits the users of five thousand shops into a Secret', () => {
  const [office] = synthesize(resolve(fleet(5000)));
  const [accounts] = secretObjects(office!.secrets, passwords).filter(
    ({ metadata }) => metadata.name === 'nats-broker-accounts',
  );
  expect(applyAdvice('office', [accounts!])).toEqual([expect.stringMatching(/has 8\d\d KiB/)]);
});

it('says how to apply a Secret that has become too large for a copy', () => {
  const [office] = synthesize(resolve(fleet(2000)));
  expect(applyAdvice('office', secretObjects(office!.secrets, passwords))).toEqual([
    expect.stringMatching(/^office: Secret nats-broker-accounts has 3\d\d KiB, .* --server-side\.$/),
  ]);
});
