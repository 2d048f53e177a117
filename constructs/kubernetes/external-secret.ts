import type { Construct } from 'constructs';
import {
  ExternalSecret,
  ExternalSecretSpecRefreshPolicy,
  type ExternalSecretSpecSecretStoreRefKind,
  ExternalSecretSpecTargetCreationPolicy,
  ExternalSecretSpecTargetDeletionPolicy,
  ExternalSecretSpecTargetTemplateEngineVersion,
} from '../../imports/external-secrets.io.ts';
import { RECOMMENDED_LABELS } from '../../model/names.ts';
import type { StoreModel } from '../../model/secrets.ts';
import type { RequiredSecret } from '../required-secret.ts';

/**
 * Has the External Secrets Operator bring a Secret from a store. All keys come from one entry, so that a certificate and its
 * key change together. The Secret goes with this object, and stays when the store has lost what is in it.
 * @param key - name of the entry
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export function externalSecret(
  scope: Construct,
  { name, namespace, type }: RequiredSecret,
  { store, refreshInterval }: StoreModel,
  key: string,
): ExternalSecret {
  return new ExternalSecret(scope, name, {
    metadata: { name, namespace, labels: { [RECOMMENDED_LABELS.partOf]: 'nats-mtls' } },
    spec: {
      refreshPolicy: ExternalSecretSpecRefreshPolicy.PERIODIC,
      refreshInterval,
      secretStoreRef: { name: store.name, kind: store.kind as ExternalSecretSpecSecretStoreRefKind },
      target: {
        name,
        creationPolicy: ExternalSecretSpecTargetCreationPolicy.OWNER,
        deletionPolicy: ExternalSecretSpecTargetDeletionPolicy.RETAIN,
        template: { type, engineVersion: ExternalSecretSpecTargetTemplateEngineVersion.V2 },
      },
      dataFrom: [{ extract: { key } }],
    },
  });
}
