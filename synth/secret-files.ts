import { credentialsOf, heldCertificates } from '../certs/credentials.ts';
import { mint } from '../certs/mint.ts';
import type { Model } from '../model/model.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { CERTIFICATES_FILE, certificatesManifest, endsWanted } from './expiry-rules.ts';
import { type SecretObject, secretObjects, secretsFile, secretsText, secretsWanted } from './secrets.ts';
import type { ClusterManifests } from './synthesize.ts';
import type { OutputFile } from './write.ts';

/** Files that depend on what was minted, by cluster and by path in its folder. Git ignores them. */
export type SecretFiles = ReadonlyMap<string, ReadonlyMap<string, OutputFile>>;

/**
 * The Secrets of each cluster, and when its certificates end. Mints what is missing.
 * @throws InvalidInput if the credentials cannot be used
 */
export function makeSecretFiles(
  from: Model,
  clusters: readonly ClusterManifests[],
  issued: string,
  log: (line: string) => void,
): SecretFiles {
  const { minted, inventory } = mint(from, issued, { log });
  if (minted.length > 0) log(`${shownPath(issued)}: ${minted.length} minted; back this folder up`);
  const credentials = credentialsOf(from, inventory);
  // Reading the ends parses every certificate of a fleet.
  const isWatched = from.clusters.some(({ monitoring }) => monitoring?.kind === 'prometheus-operator');
  const held = isWatched ? heldCertificates(from, inventory) : [];
  const made = new Map<string, Map<string, OutputFile>>();
  for (const [i, { name, secrets }] of clusters.entries()) {
    const files = new Map<string, OutputFile>();
    for (const [file, objects] of byFile(secretObjects(secrets, credentials), from.namespace))
      files.set(file, { text: secretsText(objects), mode: 0o600 });
    const ends = certificatesManifest(from, from.clusters[i]!, held);
    if (ends !== undefined) files.set(CERTIFICATES_FILE, { text: ends });
    made.set(name, files);
  }
  return made;
}

/** Says what somebody else has to provide in place of those files. */
export function nameSecretFiles(
  from: Model,
  clusters: readonly ClusterManifests[],
  log: (line: string) => void,
): SecretFiles {
  for (const [i, { name, secrets }] of clusters.entries()) {
    log(secretsWanted(name, secrets));
    const ends = endsWanted(from.clusters[i]!);
    if (ends !== undefined) log(ends);
  }
  return new Map();
}

/** Secrets by the file that gets them. */
function byFile(objects: readonly SecretObject[], servers: string): Map<string, SecretObject[]> {
  const files = new Map<string, SecretObject[]>();
  for (const object of objects) {
    const file = secretsFile(object.metadata.namespace, servers);
    files.set(file, [...(files.get(file) ?? []), object]);
  }
  return files;
}
