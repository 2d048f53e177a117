import { join } from 'node:path';
import type { ClusterModel, Model } from '../model/model.ts';
import { EGRESS, MONITORING } from '../model/names.ts';
import { VERSION } from '../model/version.ts';
import { MARKDOWN_FILE, report, SVG_FILE } from '../picture/report.ts';
import { count } from '../picture/wording.ts';
import { applyLine } from '../terminal/kubectl.ts';
import { clientFolders, clusterFolder } from '../terminal/output-folder.ts';
import { progress } from '../terminal/progress.ts';
import type { Say } from '../terminal/say.ts';
import { secretsLines } from '../terminal/secrets-lines.ts';
import { type OutputFile, writeFile } from '../terminal/write-file.ts';
import { applyAdvice, largeObjects } from './apply-limit.ts';
import { kustomizations } from './kustomization.ts';
import { leftBehind } from './left-behind.ts';
import { newVolumes } from './new-volumes.ts';
import { secretFiles } from './secret-files.ts';
import { ENCRYPTED, sampleSecrets } from './secrets.ts';
import { type ClusterManifests, synthesize } from './synthesize.ts';
import { sayChanges, VERSION_FILE, writtenBy } from './version-file.ts';
import { refuseLosses } from './volumes.ts';
import { formerClusters, readFolder, removeFormerPicture, removeOtherFolders, writeFolder } from './write.ts';

export interface SynthOptions {
  /** Folder of the credentials. */
  readonly issued: string;
  /** Folder that gets one folder for each cluster, and the picture. */
  readonly output: string;
  /** Takes what the run has to say, line by line. */
  readonly log: Say;
}

/**
 * Writes the manifests of a model, and the Secrets that they need, which it mints where they are missing. All of
 * it is made before anything is written, so that a refusal leaves the disk as it was.
 * @throws InvalidInput if the credentials cannot be used
 */
export async function synthCommand(model: Model, { issued, output, log }: SynthOptions): Promise<void> {
  const folderOf = (cluster: string) => clusterFolder(cluster, output);
  const written = writtenBy(output);
  const total = model.clusters.length;
  const made = progress('making manifests', total, log);
  const clusters: ClusterManifests[] = [];
  for (const cluster of synthesize(model)) made(clusters.push(cluster));
  const before = new Map(clusters.map(({ name }) => [name, readFolder(join(output, name))]));
  for (const { name, files, secrets } of clusters) {
    for (const [file, text] of files)
      refuseLosses(name, before.get(name)?.get(file) ?? '', text, folderOf(name));
    for (const line of applyAdvice(name, [...largeObjects(files), ...sampleSecrets(secrets)])) log(line);
  }
  sayChanges(written, output, clusters, before, log);
  const { svg, markdown } = report(clusters.map(({ view }) => view));
  const secrets = await secretFiles({ model, clusters, issued, output, log });
  const left: string[] = [];
  const wrote = progress('writing manifests', total, log);
  for (const [i, { name, files }] of clusters.entries()) {
    const all = new Map<string, OutputFile>([...files].map(([file, text]) => [file, { text }]));
    for (const [file, text] of secrets.get(name) ?? []) all.set(file, text);
    const texts = new Map([...all].map(([file, made]) => [file, made.text]));
    const old = before.get(name) ?? new Map();
    left.push(
      ...newVolumes(name, old, texts, folderOf(name)),
      ...leftBehind(name, old, texts, folderOf(name)),
    );
    const committed = [...all.keys()].filter((file) => files.has(file) || file.endsWith(ENCRYPTED));
    for (const [file, text] of kustomizations(committed)) all.set(file, { text });
    writeFolder(join(output, name), all);
    wrote(i + 1);
  }
  writeFile(join(output, SVG_FILE), { text: svg });
  writeFile(join(output, MARKDOWN_FILE), { text: markdown });
  removeFormerPicture(output);
  writeFile(join(output, VERSION_FILE), { text: `${VERSION}\n` });
  const names = new Set(clusters.map(({ name }) => name));
  for (const name of formerClusters(output, names)) {
    left.push(...leftBehind(name, readFolder(join(output, name)), undefined, folderOf(name)));
  }
  removeOtherFolders(output, names);
  log(
    `${count(clusters.length, 'cluster')} in ${output}; next: kubectl apply -f ${folderOf('<cluster>')}, for each of them`,
  );
  if (model.secrets.kind === 'sops') {
    const lines = secretsLines(model.secrets, '<cluster>', folderOf('<cluster>'));
    for (const line of lines) log(`then commit the Secrets for Flux, or, with a private key: ${line}`);
  }
  if (clusters.some(({ files }) => [...files.keys()].some((file) => file.startsWith(`${MONITORING}/`)))) {
    log(`then, where the Prometheus Operator runs: kubectl apply -f ${folderOf('<cluster>')}/${MONITORING}`);
  }
  for (const cluster of model.clusters) for (const line of clientLines(cluster, model, output)) log(line);
  for (const line of left) log(line);
}

/** What is to be applied for clients once their namespaces are there, which a plain apply of the cluster leaves out. */
function clientLines({ name, clients }: ClusterModel, { secrets }: Model, output: string): string[] {
  if (clients.length === 0) return [];
  const folders = clientFolders(
    name,
    clients.map(({ namespace }) => namespace),
    output,
  );
  // The objects that have them brought are themselves in those folders.
  const lines =
    secrets.kind === 'external-secrets'
      ? [applyLine(name, ...folders)]
      : secretsLines(secrets, name, ...folders);
  return [
    ...lines.map((line) => `then, for the clients of ${name}, in namespaces that exist: ${line}`),
    `and for those of them that deny egress: ${applyLine(name, ...folders.map((folder) => `${folder}/${EGRESS}`))}`,
  ];
}
