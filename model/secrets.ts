/** What a user says about how Secrets get to the clusters. Types only. */

/**
 * Secrets that lie in Git encrypted, one file each, in the format of SOPS: `secrets/<name>.sops.yaml` in the folder of the
 * cluster. Synth writes them with the public keys alone.
 * @see https://getsops.io
 */
export interface SopsSecrets {
  /** Says how Secrets get to the clusters. */
  readonly kind: 'sops';
  /** Public keys of age, as `age-keygen` prints them: whoever has the private key of one of them decrypts all. */
  readonly recipients: readonly string[];
}

/** How Secrets get to the clusters. */
export type SecretsModel = { readonly kind: 'file' | 'external' } | SopsSecrets;
