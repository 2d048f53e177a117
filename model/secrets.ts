/** What a user says about how Secrets get to the clusters, and what comes of it. */

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

/**
 * Secrets that the External Secrets Operator brings from a store of yours. Synth writes an `ExternalSecret` for each of them,
 * and `certs export` what the store has to hold.
 * @see https://external-secrets.io
 */
export interface StoreSecrets {
  /** Says how Secrets get to the clusters. */
  readonly kind: 'external-secrets';
  /** The object that says how the store is reached. It is your own, in every cluster. */
  readonly store: SecretStore;
  /** How often the store is asked: a whole number and s, m or h. @default '1h' */
  readonly refreshInterval?: string;
  /**
   * What stands between cluster, namespace and Secret in the name of an entry. Stores that take no slash in a name need `'--'`.
   * @default '/'
   */
  readonly separator?: '/' | '--';
}

/** An object of the External Secrets Operator that says how a store is reached. */
export interface SecretStore {
  /** Its name. */
  readonly name: string;
  /**
   * A `SecretStore` is needed in each namespace that gets Secrets. A `ClusterSecretStore` is there for every namespace that its
   * `conditions` name.
   * @default 'SecretStore'
   */
  readonly kind?: 'SecretStore' | 'ClusterSecretStore';
}

/** `StoreSecrets` with every choice made. */
export interface StoreModel {
  readonly kind: 'external-secrets';
  readonly store: Required<SecretStore>;
  readonly refreshInterval: string;
  readonly separator: string;
}

/** How Secrets get to the clusters. */
export type SecretsModel = { readonly kind: 'file' | 'external' } | SopsSecrets | StoreModel;

/** What the topology says, with every choice made. */
export function secretsModel(
  secrets: 'file' | 'external' | SopsSecrets | StoreSecrets = 'file',
): SecretsModel {
  if (typeof secrets === 'string') return { kind: secrets };
  if (secrets.kind === 'sops') return secrets;
  return {
    refreshInterval: '1h',
    separator: '/',
    ...secrets,
    store: { kind: 'SecretStore', ...secrets.store },
  };
}

/** Name of a Secret's entry in the store. */
export const storeKey = (
  { separator }: Pick<StoreModel, 'separator'>,
  cluster: string,
  secret: { readonly namespace: string; readonly name: string },
) => [cluster, secret.namespace, secret.name].join(separator);
