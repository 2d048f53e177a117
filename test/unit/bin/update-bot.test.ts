/** What keeps pinned things up to date finds all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolve } from '../../../model/resolve.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

it('finds every image that a manifest names', () => {
  const [{ managerFilePatterns, matchStrings }] = JSON.parse(read('renovate.json')).customManagers;
  const isManaged = new RegExp(managerFilePatterns[0].slice(1, -1));
  const found = readdirSync(join(root, 'model'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('model', path))
    .filter((path) => isManaged.test(path))
    .flatMap((path) => [...read(path).matchAll(new RegExp(matchStrings[0], 'g'))])
    .map(({ groups }) => `${groups!.depName}:${groups!.currentValue}`);
  const { brokerCluster } = topology;
  const watched = {
    ...topology,
    brokerCluster: {
      ...brokerCluster,
      scraper: { networks: 'anywhere' },
      monitoring: { kind: 'prometheus-operator' },
    },
  };
  const texts = [...synthesize(resolve(watched))].flatMap(({ files }) => [...files.values()]).join('\n');
  const named = new Set([...texts.matchAll(/^ *-? *image: (\S+)$/gm)].map(([, image]) => image));
  expect(found).toHaveLength(3);
  expect(new Set(found)).toEqual(named);
});

it.each([
  ['.github', 'workflows', 'ci.yml'],
  ['bin', 'template', '.github', 'workflows', 'synth.yml'],
])('has every action of %s pinned to a commit, with its version beside it', (...path) => {
  const uses = read(...path).match(/^.*\buses:.*$/gm)!;
  expect(uses.length).toBeGreaterThan(1);
  for (const line of uses) expect(line).toMatch(/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
