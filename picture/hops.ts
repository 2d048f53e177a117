import { at, type ConfEntry } from '../constructs/nats/read-conf.ts';
import { meshAdmission, wayIn, wayOut } from './admission.ts';
import type { ClusterView } from './cluster-view.ts';
import { type Target, withinCluster } from './endpoints.ts';
import { externalCallers } from './external-callers.ts';
import { CERTIFICATE, type Hop, identity, PASSWORD } from './hop.ts';
import { LeafHops } from './leaf-hops.ts';
import { signingIn, type User, type WorkloadView } from './workloads.ts';

/**
 * Every hop that the manifests make or admit, cluster by cluster: first what the workloads dial, then who else is let
 * in.
 * @throws Error if a workload dials what no cluster offers
 */
export function hops(clusters: readonly ClusterView[]): Hop[] {
  const leafHops = new LeafHops(clusters);
  const leaves = clusters.map((cluster) => leafHops.of(cluster));
  const dialled = new Map(clusters.map(({ name }) => [name, [] as Hop[]]));
  for (const hop of leaves.flat()) dialled.get(hop.to.cluster)?.push(hop);
  return clusters.flatMap((cluster, i) => {
    const clients = cluster.workloads.flatMap((workload) => clientHops(cluster, workload));
    const routes = cluster.workloads.flatMap((workload) => routeHops(cluster, workload));
    const own = [...(leaves[i] ?? []), ...clients, ...routes];
    const arriving = [...clients, ...routes, ...(dialled.get(cluster.name) ?? [])];
    return [
      ...own,
      ...externalCallers(cluster, arriving),
      ...cluster.workloads.flatMap((workload) => probeHops(cluster, workload)),
    ];
  });
}

function clientHops(cluster: ClusterView, caller: WorkloadView): Hop[] {
  if (caller.dials === undefined) return [];
  const { hostname, port } = new URL(caller.dials);
  const target = withinCluster(cluster, hostname, Number(port));
  if (!target)
    throw new Error(`${caller.name} of ${cluster.name} dials ${caller.dials}, which is not there.`);
  const tls = at(target.workload.conf, 'tls') !== undefined;
  return [
    { ...meshHop(cluster, caller, target, tls, caller.user), kind: 'client', dials: [`${hostname}:${port}`] },
  ];
}

/** Servers of one broker find each other by the names of their pods; one hop stands for all of them. */
function routeHops(cluster: ClusterView, caller: WorkloadView): Hop[] {
  const [route] = [at(caller.conf, 'cluster', 'routes')].flat() as (ConfEntry | undefined)[];
  if (route === undefined) return [];
  const { hostname, port } = new URL(String(route));
  const target = withinCluster(cluster, hostname, Number(port));
  if (!target) throw new Error(`${caller.name} of ${cluster.name} dials ${route}, which is not there.`);
  const tls = at(caller.conf, 'cluster', 'tls') !== undefined;
  return [
    { ...meshHop(cluster, caller, target, tls, undefined), kind: 'route', dials: [`its other pods:${port}`] },
  ];
}

/** A hop between two workloads of one cluster. */
function meshHop(
  cluster: ClusterView,
  caller: WorkloadView,
  { workload, port, service }: Target,
  tls: boolean,
  user: User | undefined,
): Omit<Hop, 'kind' | 'dials'> {
  const meshed = caller.meshed && workload.meshed;
  const principal = { identity: caller.identity, pod: caller };
  return {
    from: { cluster: cluster.name, name: caller.name },
    to: { cluster: cluster.name, name: workload.name, port },
    service: service.name,
    exposure: undefined,
    gateway: undefined,
    callerProves: [
      ...(meshed ? [identity(caller)] : []),
      ...(tls && caller.certificate ? [CERTIFICATE] : []),
      ...(user ? [PASSWORD] : []),
    ],
    calleeProves: [...(meshed ? [identity(workload)] : []), ...(tls ? [CERTIFICATE] : [])],
    encryptedBy: [...(meshed ? ['Linkerd' as const] : []), ...(tls ? ['NATS' as const] : [])],
    admission: [
      wayOut(cluster, caller, port, workload),
      wayIn(cluster, workload, port, principal),
      meshAdmission(cluster, workload, port, principal),
    ],
    users: user ? signingIn(workload, user, 'STANDARD') : [],
  };
}

/** The kubelet looks after a server over plain HTTP, and Linkerd lets it through for exactly the paths it probes. */
function probeHops(cluster: ClusterView, { name, ports, probes }: WorkloadView): Hop[] {
  const [probe] = probes;
  if (!probe) return [];
  const port = ports.find((candidate) => candidate.name === probe.port)?.containerPort ?? probe.port;
  return [
    {
      kind: 'probe',
      from: { cluster: cluster.name, name: 'kubelet' },
      to: { cluster: cluster.name, name, port },
      dials: [],
      service: undefined,
      exposure: undefined,
      gateway: undefined,
      callerProves: [],
      calleeProves: [],
      encryptedBy: [],
      admission: [
        {
          layer: 'mesh',
          kind: 'probe path',
          cluster: cluster.name,
          policies: probes.map(({ path }) => path),
        },
      ],
      users: [],
    },
  ];
}
