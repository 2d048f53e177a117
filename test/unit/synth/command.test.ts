import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { resolve } from '../../../model/resolve.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { topology } from '../../../topology.ts';

const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['1 cluster', 0],
  ['2 clusters', 1],
])('says of %s where its manifests are', async (made, leaves) => {
  const said: string[] = [];
  await synthCommand(resolve({ ...topology, leafClusters: topology.leafClusters.slice(0, leaves) }), {
    issued: join(folder, 'issued'),
    output: join(folder, 'dist'),
    log: (line) => said.push(line),
  });
  expect(said.at(-1)).toBe(
    `${made} in ${join(folder, 'dist')}; next: kubectl apply -f ${join(folder, 'dist')}/<cluster>, for each of them`,
  );
});
