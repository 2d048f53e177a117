import { credentialsOf, heldCertificates } from '../certs/credentials.ts';
import { mint } from '../certs/mint.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Model } from '../model/model.ts';
import type { Say } from '../terminal/say.ts';
import { shownPath } from '../terminal/shown-path.ts';
import type { OutputFile } from '../terminal/write-file.ts';
import { CERTIFICATES_FILE, certificatesManifest } from './expiry-rules.ts';
import type { ClusterManifests } from './synthesize.ts';

/** Files that depend on what was minted, by cluster and by path in its folder. */
export type SecretFiles = ReadonlyMap<string, ReadonlyMap<string, OutputFile>>;

/** What those files are made from. */
export interface SecretsInput {
  readonly model: Model;
  readonly clusters: readonly ClusterManifests[];
  /** Folder of the credentials. */
  readonly issued: string;
  /** Folder that has one folder for each cluster. */
  readonly output: string;
  readonly log: Say;
}

/** What there is after minting. */
export interface Minted {
  readonly credentials: Credentials;
  /** When the certificates of the cluster at this place end, for its alerts. Git ignores the file. */
  endsOf(place: number): ReadonlyMap<string, OutputFile>;
}

/**
 * Mints what is missing.
 * @throws InvalidInput if the credentials cannot be used
 */
export function minted({ model, issued, log }: SecretsInput): Minted {
  const { minted, inventory } = mint(model, issued, { log });
  if (minted.length > 0) log(`${shownPath(issued)}: ${minted.length} minted; back this folder up`);
  // Reading the ends parses every certificate of a fleet.
  const isWatched = model.clusters.some(({ monitoring }) => monitoring?.kind === 'prometheus-operator');
  const held = isWatched ? heldCertificates(model, inventory) : [];
  return {
    credentials: credentialsOf(model, inventory),
    endsOf: (place) => {
      const text = certificatesManifest(model, model.clusters[place]!, held);
      return new Map(text === undefined ? [] : [[CERTIFICATES_FILE, { text }]]);
    },
  };
}
