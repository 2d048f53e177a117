import { RequiredSecret } from '../constructs/index.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Topology } from '../model/topology.ts';
import { clusterApps } from '../synth/clusters.ts';

/** A Kubernetes Secret of one cluster. */
export interface Carrier {
  readonly cluster: string;
  readonly namespace: string;
  readonly secret: string;
}

/** Which Secrets hold which credentials. */
export interface Carriers {
  /** By certificate name. */
  readonly certificates: ReadonlyMap<string, readonly Carrier[]>;
  /** By password name. */
  readonly passwords: ReadonlyMap<string, readonly Carrier[]>;
  readonly natsCa: readonly Carrier[];
}

/**
 * Finds the Secrets that hold each credential by making every one of them from credentials that write down what
 * they are asked for, so that it cannot disagree with what synth writes.
 */
export function findCarriers(topology: Topology): Carriers {
  const certificates = new Map<string, Carrier[]>();
  const passwords = new Map<string, Carrier[]>();
  const natsCa: Carrier[] = [];
  for (const { name: cluster, app } of clusterApps(topology)) {
    for (const { name: secret, namespace, keys } of RequiredSecret.all(app)) {
      const carrier = { cluster, namespace, secret };
      const credentials: Credentials = {
        certificate: (name) => {
          note(certificates, name, carrier);
          return { crt: '', key: '' };
        },
        password: (name) => {
          note(passwords, name, carrier);
          return 'x';
        },
        get natsCa() {
          natsCa.push(carrier);
          return '';
        },
      };
      for (const value of Object.values(keys)) value(credentials);
    }
  }
  return { certificates, passwords, natsCa };
}

/** Adds a Secret once: the key of a certificate is asked for as well as the certificate. */
function note(carriers: Map<string, Carrier[]>, name: string, carrier: Carrier) {
  const known = carriers.get(name) ?? [];
  if (!known.includes(carrier)) carriers.set(name, [...known, carrier]);
}

/** The clusters of some Secrets, each once. */
export const clustersOf = (carriers: readonly Carrier[]): string[] => [
  ...new Set(carriers.map(({ cluster }) => cluster)),
];
