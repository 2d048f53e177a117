import { credentialsOf, heldCertificates } from '../certs/credentials.ts';
import { mint } from '../certs/mint.ts';
import { shownPath } from '../certs/shown-path.ts';
import type { Cluster, Topology } from '../model/topology.ts';
import { applyAdvice } from './apply-limit.ts';
import { CERTIFICATES_FILE, certificatesManifest, endsWanted } from './certificates.ts';
import { SECRETS_FILE, secretObjects, secretsText, secretsWanted } from './secrets.ts';
import type { ClusterManifests } from './synthesize.ts';
import type { OutputFile } from './write.ts';

/** Files that depend on what was minted, by cluster and by path in its folder. Git ignores them. */
export type UncommittedFiles = ReadonlyMap<string, ReadonlyMap<string, OutputFile>>;

/**
 * The Secrets of each cluster, and when its certificates end. Mints what is missing.
 * @throws InvalidInput if the credentials cannot be used
 */
export function makeUncommitted(
  from: Topology,
  clusters: readonly ClusterManifests[],
  issued: string,
  log: (line: string) => void,
): UncommittedFiles {
  const { minted, stock } = mint(from, issued, { log });
  if (minted.length > 0) log(`${shownPath(issued)}: ${minted.length} minted; back this folder up`);
  const credentials = credentialsOf(from, stock);
  const held = heldCertificates(from, stock);
  const described = describedBy(from);
  const made = new Map<string, Map<string, OutputFile>>();
  for (const { name, secrets } of clusters) {
    const objects = secretObjects(secrets, credentials);
    for (const line of applyAdvice(name, objects)) log(line);
    const files = new Map<string, OutputFile>([[SECRETS_FILE, { text: secretsText(objects), mode: 0o600 }]]);
    const ends = certificatesManifest(from, described.get(name) as Cluster, held);
    if (ends !== undefined) files.set(CERTIFICATES_FILE, { text: ends });
    made.set(name, files);
  }
  return made;
}

/** Says what somebody else has to provide in place of those files. */
export function nameUncommitted(
  from: Topology,
  clusters: readonly ClusterManifests[],
  log: (line: string) => void,
): UncommittedFiles {
  const described = describedBy(from);
  for (const { name, secrets } of clusters) {
    log(secretsWanted(name, secrets));
    const ends = endsWanted(described.get(name) as Cluster);
    if (ends !== undefined) log(ends);
  }
  return new Map();
}

const describedBy = ({ brokerCluster, leafClusters }: Topology) =>
  new Map<string, Cluster>([brokerCluster, ...leafClusters].map((cluster) => [cluster.name, cluster]));
