import { stringify } from 'yaml';
import type { RequiredSecret } from '../constructs/index.ts';
import type { Credentials } from '../model/credentials.ts';

/** Beside the manifests, ignored by git, and after `namespace.k8s.yaml` by name. */
export const SECRETS_FILE = 'secrets.k8s.yaml';

/** A Secret as Kubernetes takes it. It holds keys and passwords in clear. */
export interface SecretObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: 'kubernetes.io/tls' | 'Opaque';
  readonly stringData: Readonly<Record<string, string>>;
}

/** The Secrets of one cluster, with its keys and passwords. */
export const secretObjects = (secrets: readonly RequiredSecret[], credentials: Credentials): SecretObject[] =>
  secrets.map(({ name, namespace, keys }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'tls.key' in keys ? 'kubernetes.io/tls' : 'Opaque',
    stringData: Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, value(credentials)])),
  }));

/** Secrets as a manifest. */
export const secretsText = (objects: readonly SecretObject[]) =>
  objects.map((object) => stringify(object)).join('---\n');

/** The Secrets of one cluster as a manifest. */
export const secretsManifest = (secrets: readonly RequiredSecret[], credentials: Credentials) =>
  secretsText(secretObjects(secrets, credentials));

/** What a person or a secret manager has to provide, when synth writes no Secrets. */
export function secretsWanted(cluster: string, secrets: readonly RequiredSecret[]): string {
  const lines = secrets.map(
    ({ name, namespace, keys, purpose }) =>
      `  ${namespace}/${name}: ${purpose}; keys ${Object.keys(keys).join(', ')}`,
  );
  return [`${cluster} needs these Secrets:`, ...lines].join('\n');
}
