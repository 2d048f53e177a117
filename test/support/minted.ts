import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { resolve } from '../../model/resolve.ts';
import type { Topology } from '../../model/topology.ts';
import { plainFiles } from '../../synth/secret-files.ts';
import { synthesize } from '../../synth/synthesize.ts';
import { topology } from '../../topology.ts';
import type { KubeObject } from './manifest.ts';

/** The files of every cluster of a topology by cluster and path, Secrets included. Mints what `folder` lacks. */
export function synthesizedFiles(from: Topology, folder: string): Map<string, Map<string, string>> {
  const model = resolve(from);
  const clusters = [...synthesize(model)];
  const secretFiles = plainFiles({ model, clusters, issued: folder, output: '', log: () => {} });
  return new Map(
    clusters.map(({ name, files }) => {
      const others = [...(secretFiles.get(name) ?? [])].map(([file, { text }]) => [file, text] as const);
      return [name, new Map([...files, ...others])];
    }),
  );
}

/** As `synthesizedFiles`, with credentials that nobody else has. */
export function mintedFiles(from: Topology): Map<string, Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-minted-'));
  try {
    return synthesizedFiles(from, join(folder, 'issued'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The objects of every cluster of a topology, Secrets included, by cluster. Mints what `folder` lacks. */
export function minted(from: Topology, folder: string): Map<string, KubeObject[]> {
  return objectsByCluster(synthesizedFiles(from, folder));
}

/** The objects of the topology that the project comes with, by cluster. */
export const defaultTopology = () => objectsByCluster(mintedFiles(topology));

const objectsByCluster = (files: Map<string, Map<string, string>>) =>
  new Map([...files].map(([name, texts]) => [name, [...texts.values()].flatMap(objectsOf)]));

/** Every object of a YAML text, read as kubectl reads it. */
export const objectsOf = (text: string): KubeObject[] =>
  parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as KubeObject);
