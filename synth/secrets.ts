import { stringify } from 'yaml';
import type { RequiredSecret } from '../constructs/index.ts';
import type { Credentials } from '../model/credentials.ts';

/** Beside the manifests, ignored by git, and after `namespace.k8s.yaml` by name. */
export const SECRETS_FILE = 'secrets.k8s.yaml';

/** The Secrets of one cluster as a manifest. It holds every key and password of that cluster. */
export function secretsManifest(secrets: readonly RequiredSecret[], credentials: Credentials): string {
  return secrets
    .map(({ name, namespace, keys }) =>
      stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        type: 'tls.key' in keys ? 'kubernetes.io/tls' : 'Opaque',
        stringData: Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, value(credentials)])),
      }),
    )
    .join('---\n');
}

/** What a person or a secret manager has to provide, when synth writes no Secrets. */
export function secretsWanted(cluster: string, secrets: readonly RequiredSecret[]): string {
  const lines = secrets.map(
    ({ name, namespace, keys, purpose }) =>
      `  ${namespace}/${name}: ${purpose}; keys ${Object.keys(keys).join(', ')}`,
  );
  return [`${cluster} needs these Secrets:`, ...lines].join('\n');
}
