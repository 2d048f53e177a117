import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolve } from '../../../model/resolve.ts';
import { MARKDOWN_FILE, SVG_FILE } from '../../../picture/report.ts';
import { kustomizations } from '../../../synth/kustomization.ts';
import { SECRETS_FILE } from '../../../synth/secrets.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { VERSION_FILE } from '../../../synth/version-file.ts';
import { topology } from '../../../topology.ts';
import { root } from './copy.ts';

const dist = join(root, 'dist');
const clusters = [...synthesize(resolve(topology))].map(({ name, files }) => ({
  name,
  files: new Map([...files, ...kustomizations(files.keys())]),
}));

// The listings come first, because comparing a file that is absent writes it.
it('has a folder for each cluster of the topology and no other, and the picture', () => {
  expect(readdirSync(dist).sort()).toEqual(
    [...clusters.map(({ name }) => name), MARKDOWN_FILE, SVG_FILE, VERSION_FILE].sort(),
  );
});

describe.each(clusters)('dist/$name', ({ name, files }) => {
  it('has every file that synth makes and no other', () => {
    const committed = readdirSync(join(dist, name)).filter((file) => file !== SECRETS_FILE);
    expect(committed.sort()).toEqual([...files.keys()].sort());
  });

  it.each([...files])('/%s is what synth makes', async (file, text) => {
    await expect(text).toMatchFileSnapshot(join(dist, name, file));
  });
});
