import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadCredentials } from '../../certs/credentials.ts';
import { mint } from '../../certs/mint.ts';
import type { Topology } from '../../model/topology.ts';
import { secretsManifest } from '../../synth/secrets.ts';
import { synthesize } from '../../synth/synthesize.ts';
import { topology } from '../../topology.ts';
import type { KubeObject } from './manifest.ts';

/** The objects of every cluster of a topology, Secrets from freshly minted credentials included, by cluster. */
export function minted(from: Topology, folder: string): Map<string, KubeObject[]> {
  mint(from, folder);
  const credentials = loadCredentials(from, folder);
  return new Map(
    [...synthesize(from)].map(({ name, files, secrets }) => [
      name,
      objectsOf([...files.values(), secretsManifest(secrets, credentials)].join('---\n')),
    ]),
  );
}

/** As `minted`, for the topology that the project comes with. */
export function defaultTopology(): Map<string, KubeObject[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-minted-'));
  try {
    return minted(topology, join(folder, 'issued'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every object of a YAML text. */
export const objectsOf = (text: string): KubeObject[] =>
  parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as KubeObject);
