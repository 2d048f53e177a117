/** The cdk8s app: topology → manifests in `dist/<cluster>/`, with the credentials that they need. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadCredentials } from './certs/credentials.ts';
import { mint } from './certs/mint.ts';
import { ISSUED } from './certs/store.ts';
import { InvalidInput } from './model/checks.ts';
import type { Topology } from './model/topology.ts';
import { SECRETS_FILE, secretsManifest, secretsWanted } from './synth/secrets.ts';
import { type ClusterManifests, synthesize } from './synth/synthesize.ts';
import { refuseShrinking } from './synth/volumes.ts';
import { type OutputFile, removeOtherFolders, writeFolder } from './synth/write.ts';
import { topology } from './topology.ts';

// The cdk8s CLI keeps an app's standard output to itself, so everything is said on standard error.
const log = (line: string) => console.error(line);

function main(): void {
  // Everything is made before anything is written, so that a refusal leaves the disk as it was.
  const clusters = [...synthesize(topology)];
  const output = resolve(process.env.CDK8S_OUTDIR ?? 'dist');
  for (const { name, files } of clusters) {
    for (const [file, text] of files) {
      const before = join(output, name, file);
      if (existsSync(before)) refuseShrinking(name, readFileSync(before, 'utf8'), text);
    }
  }
  const secrets = topology.secrets === 'external' ? nameSecrets(clusters) : makeSecrets(topology, clusters);
  for (const { name, files } of clusters) {
    const all = new Map<string, OutputFile>([...files].map(([file, text]) => [file, { text }]));
    const text = secrets.get(name);
    if (text !== undefined) all.set(SECRETS_FILE, { text, mode: 0o600 });
    writeFolder(join(output, name), all);
  }
  removeOtherFolders(output, new Set(clusters.map(({ name }) => name)));
  log(`${clusters.length} clusters in ${output}; next: kubectl apply -f dist/<cluster>, for each of them`);
}

function makeSecrets(from: Topology, clusters: readonly ClusterManifests[]): Map<string, string> {
  mint(from, ISSUED, { log });
  const credentials = loadCredentials(from, ISSUED);
  return new Map(clusters.map(({ name, secrets }) => [name, secretsManifest(secrets, credentials)]));
}

function nameSecrets(clusters: readonly ClusterManifests[]): Map<string, string> {
  for (const { name, secrets } of clusters) log(secretsWanted(name, secrets));
  return new Map();
}

try {
  main();
} catch (error) {
  if (!(error instanceof InvalidInput)) throw error;
  log(error.message);
  process.exitCode = 1;
}
