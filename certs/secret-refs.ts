import { clusterApps } from '../constructs/cluster-apps.ts';
import { RequiredSecret } from '../constructs/index.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Model } from '../model/model.ts';

/** A Kubernetes Secret of one cluster. */
export interface SecretRef {
  readonly cluster: string;
  readonly namespace: string;
  readonly secret: string;
}

/** Which Secrets hold which credentials. */
export interface SecretRefs {
  /** By certificate name. */
  readonly certificates: ReadonlyMap<string, readonly SecretRef[]>;
  /** By password name. */
  readonly passwords: ReadonlyMap<string, readonly SecretRef[]>;
  readonly natsCa: readonly SecretRef[];
}

/**
 * Finds the Secrets that hold each credential by making every one of them from credentials that write down what
 * they are asked for, so that it cannot disagree with what synth writes.
 */
export function findSecretRefs(model: Model): SecretRefs {
  const certificates = new Map<string, SecretRef[]>();
  const passwords = new Map<string, SecretRef[]>();
  const natsCa: SecretRef[] = [];
  for (const { name: cluster, app } of clusterApps(model)) {
    for (const { name: secret, namespace, keys } of RequiredSecret.all(app)) {
      const secretRef = { cluster, namespace, secret };
      const credentials: Credentials = {
        certificate: (name) => {
          note(certificates, name, secretRef);
          return { crt: '', key: '' };
        },
        password: (name) => {
          note(passwords, name, secretRef);
          return 'x';
        },
        passwordHash: (name) => {
          note(passwords, name, secretRef);
          return 'x';
        },
        get natsCa() {
          natsCa.push(secretRef);
          return '';
        },
      };
      for (const value of Object.values(keys)) value(credentials);
    }
  }
  return { certificates, passwords, natsCa };
}

/** Adds a Secret once: the key of a certificate is asked for as well as the certificate. */
function note(secretRefs: Map<string, SecretRef[]>, name: string, secretRef: SecretRef) {
  const known = secretRefs.get(name) ?? [];
  if (!known.includes(secretRef)) secretRefs.set(name, [...known, secretRef]);
}

/** The clusters of some Secrets, each once. */
export const clustersOf = (secretRefs: readonly SecretRef[]): string[] => [
  ...new Set(secretRefs.map(({ cluster }) => cluster)),
];
