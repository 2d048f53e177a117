import { PROXY_INBOUND } from '../constructs/mesh/linkerd.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Admission } from './hop.ts';
import { type Authorization, type Identity, type PacketRule, type Peer, selects } from './objects.ts';
import type { WorkloadView } from './workloads.ts';

/** Who comes in, as a policy sees it. */
export type Principal =
  | { readonly identity: Identity; readonly pod?: WorkloadView }
  | { readonly networks: true };

/** The authorizations of Linkerd that concern a port of a workload. */
export function authorizationsOf(
  cluster: ClusterView,
  target: WorkloadView,
  port: number | string,
): Authorization[] {
  const servers = cluster.policedPorts.filter(
    (server) => server.port === port && selects(server.selector, target.labels),
  );
  return cluster.authorizations.filter(({ server }) => servers.some(({ name }) => name === server));
}

/** The mesh's word on a principal at a port. */
export function meshAdmission(
  cluster: ClusterView,
  target: WorkloadView,
  port: number | string,
  principal: Principal,
): Admission {
  const policies = authorizationsOf(cluster, target, port).filter((authorization) =>
    'identity' in principal
      ? authorization.identities.some((identity) => same(identity, principal.identity))
      : authorization.networks.length > 0,
  );
  return {
    layer: 'mesh',
    kind: 'AuthorizationPolicy',
    cluster: cluster.name,
    policies: policies.map(({ name }) => name),
  };
}

/** The packet filter's word on a principal at a port of a workload. */
export function wayIn(
  cluster: ClusterView,
  target: WorkloadView,
  port: number | string,
  principal: Principal,
): Admission {
  const peer = ({ pods, namespace, cidr }: Peer) => {
    if ('networks' in principal) return cidr !== undefined;
    // Of pods in another namespace no manifest here says which labels they have.
    if (namespace !== undefined) return namespace === principal.identity.namespace;
    return pods !== undefined && principal.pod !== undefined && selects(pods, principal.pod.labels);
  };
  return filter(cluster, target, 'way in', port, peer);
}

/** The packet filter's word on what a workload dials: pods of its own cluster, or an address outside. */
export function wayOut(
  cluster: ClusterView,
  caller: WorkloadView,
  port: number,
  to: WorkloadView | 'outside',
): Admission {
  const peer = ({ pods, cidr }: Peer) =>
    to === 'outside' ? cidr !== undefined : pods !== undefined && selects(pods, to.labels);
  return filter(cluster, caller, 'way out', port, peer);
}

function filter(
  cluster: ClusterView,
  pods: WorkloadView,
  layer: 'way in' | 'way out',
  port: number | string,
  peer: (peer: Peer) => boolean,
): Admission {
  const admits = ({ peers, ports }: PacketRule) =>
    peers.some(peer) && (ports.includes(port) || ports.includes(PROXY_INBOUND));
  const policies = cluster.packetFilters.filter(
    ({ namespace, selector, ingress, egress }) =>
      namespace === pods.identity.namespace &&
      selects(selector, pods.labels) &&
      (layer === 'way in' ? ingress : egress).some(admits),
  );
  return {
    layer,
    kind: 'NetworkPolicy',
    cluster: cluster.name,
    policies: policies.map(({ name }) => name),
  };
}

export const same = (a: Identity, b: Identity) => a.name === b.name && a.namespace === b.namespace;
