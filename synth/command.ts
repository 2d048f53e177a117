import { join } from 'node:path';
import { MONITORING } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { page } from '../picture/page.ts';
import { count } from '../picture/wording.ts';
import { progress } from '../terminal/progress.ts';
import type { Say } from '../terminal/say.ts';
import { leftBehind } from './left-behind.ts';
import { newVolumes } from './new-volumes.ts';
import { type ClusterManifests, synthesize } from './synthesize.ts';
import { makeUncommitted, nameUncommitted } from './uncommitted.ts';
import { refuseShrinking } from './volumes.ts';
import {
  formerClusters,
  type OutputFile,
  readFolder,
  removeOtherFolders,
  writeFile,
  writeFolder,
} from './write.ts';

/** Beside the folders of the clusters, so that no `kubectl apply -f` takes it for a manifest. */
export const PICTURE_FILE = 'topology.html';

export interface SynthOptions {
  /** Folder of the credentials. */
  readonly issued: string;
  /** Folder that gets one folder for each cluster, and the picture. */
  readonly output: string;
  /** Takes what the run has to say, line by line. */
  readonly log: Say;
}

/**
 * Writes the manifests of a topology, and the Secrets that they need, which it mints where they are missing. All of
 * it is made before anything is written, so that a refusal leaves the disk as it was.
 * @throws InvalidInput if the topology cannot work or the credentials cannot be used
 */
export function synthCommand(topology: Topology, { issued, output, log }: SynthOptions): void {
  const total = 1 + topology.leafClusters.length;
  const made = progress('making manifests', total, log);
  const clusters: ClusterManifests[] = [];
  for (const cluster of synthesize(topology)) made(clusters.push(cluster));
  const before = new Map(clusters.map(({ name }) => [name, readFolder(join(output, name))]));
  for (const { name, files } of clusters) {
    for (const [file, text] of files) refuseShrinking(name, before.get(name)?.get(file) ?? '', text);
  }
  const picture = page(clusters.map(({ view }) => view));
  const uncommitted =
    topology.secrets === 'external'
      ? nameUncommitted(topology, clusters, log)
      : makeUncommitted(topology, clusters, issued, log);
  const left: string[] = [];
  const wrote = progress('writing manifests', total, log);
  for (const [i, { name, files }] of clusters.entries()) {
    const all = new Map<string, OutputFile>([...files].map(([file, text]) => [file, { text }]));
    for (const [file, text] of uncommitted.get(name) ?? []) all.set(file, text);
    const texts = new Map([...all].map(([file, made]) => [file, made.text]));
    const old = before.get(name) ?? new Map();
    left.push(...newVolumes(name, old, texts), ...leftBehind(name, old, texts));
    writeFolder(join(output, name), all);
    wrote(i + 1);
  }
  writeFile(join(output, PICTURE_FILE), { text: picture });
  const names = new Set(clusters.map(({ name }) => name));
  for (const name of formerClusters(output, names)) {
    left.push(...leftBehind(name, readFolder(join(output, name))));
  }
  removeOtherFolders(output, names);
  log(
    `${count(clusters.length, 'cluster')} in ${output}; next: kubectl apply -f dist/<cluster>, for each of them`,
  );
  if (clusters.some(({ files }) => [...files.keys()].some((file) => file.startsWith(`${MONITORING}/`)))) {
    log(`then, where the Prometheus Operator runs: kubectl apply -f dist/<cluster>/${MONITORING}`);
  }
  for (const line of left) log(line);
}
