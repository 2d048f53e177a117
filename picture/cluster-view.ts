import type { RequiredSecret } from '../constructs/index.ts';
import {
  type Authorization,
  authorizations,
  type Manifest,
  type PacketFilter,
  type PolicedPort,
  packetFilters,
  policedPorts,
  type Service,
  services,
} from './objects.ts';
import { type ClientView, clients, type WorkloadView, workloads } from './workloads.ts';

/** What one cluster's manifests say about connections: small enough to keep for every cluster at once. */
export interface ClusterView {
  readonly name: string;
  readonly namespaces: readonly {
    readonly name: string;
    /** Linkerd's answer to a connection that nothing allows, for example `deny`. */
    readonly inboundPolicy: string;
  }[];
  readonly workloads: readonly WorkloadView[];
  /** Applications that others deploy. */
  readonly clients: readonly ClientView[];
  readonly services: readonly Service[];
  readonly policedPorts: readonly PolicedPort[];
  readonly authorizations: readonly Authorization[];
  readonly packetFilters: readonly PacketFilter[];
}

/** Reads the objects of a cluster as they are applied, and the Secrets that they need without what is secret in them. */
export function clusterView(
  name: string,
  objects: readonly Manifest[],
  secrets: readonly RequiredSecret[],
): ClusterView {
  return {
    name,
    namespaces: objects
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => ({
        name: metadata.name,
        inboundPolicy:
          metadata.annotations?.['config.linkerd.io/default-inbound-policy'] ?? 'all-unauthenticated',
      })),
    workloads: workloads(objects, secrets),
    clients: clients(secrets),
    services: services(objects),
    policedPorts: policedPorts(objects),
    authorizations: authorizations(objects),
    packetFilters: packetFilters(objects),
  };
}
