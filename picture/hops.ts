import { at, listed } from '../constructs/nats/read-conf.ts';
import { meshAdmission, wayIn, wayOut } from './admission.ts';
import type { ClusterView } from './cluster-view.ts';
import { type Dialled, OutsideTargets, type Target, withinCluster } from './endpoints.ts';
import { externalCallers } from './external-callers.ts';
import { CERTIFICATE, type Hop, identity, PASSWORD } from './hop.ts';
import { LeafHops, received } from './leaf-hops.ts';
import { type Address, signingIn, type User, type WorkloadView } from './workloads.ts';

/**
 * Every hop that the manifests make or admit, cluster by cluster: first what the workloads dial, then who else is let
 * in.
 * @throws Error if a workload dials what no cluster offers
 */
export function hops(clusters: readonly ClusterView[]): Hop[] {
  const outside = new OutsideTargets(clusters);
  const leafHops = new LeafHops(outside);
  const leaves = clusters.map((cluster) => leafHops.of(cluster));
  const routes = clusters.map((cluster) =>
    cluster.workloads.flatMap((workload) => routeHops(cluster, workload, outside)),
  );
  const dialled = new Map(clusters.map(({ name }) => [name, [] as Hop[]]));
  for (const hop of [...leaves, ...routes].flat()) dialled.get(hop.to.cluster)?.push(hop);
  return clusters.flatMap((cluster, i) => {
    const clients = cluster.workloads.flatMap((workload) => clientHops(cluster, workload));
    const own = [...(leaves[i] ?? []), ...clients, ...(routes[i] ?? [])];
    const arriving = [...clients, ...(dialled.get(cluster.name) ?? [])];
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

/**
 * Servers of one cluster find each other by the names of their pods; one hop stands for all of them. Those of a broker's
 * sites dial each other from outside.
 */
function routeHops(cluster: ClusterView, caller: WorkloadView, outside: OutsideTargets): Hop[] {
  const tls = at(caller.conf, 'cluster', 'tls') !== undefined;
  const within: Target[] = [];
  const others: Address[] = [];
  for (const route of listed(at(caller.conf, 'cluster', 'routes'))) {
    const { hostname: host, port } = new URL(String(route));
    const target = withinCluster(cluster, host, Number(port));
    if (target) within.push(target);
    else others.push({ host, port: Number(port) });
  }
  const [target] = within;
  // One that is alone here names itself, too.
  const own = within.length > 1 && target ? [meshHop(cluster, caller, target, tls, undefined)] : [];
  return [
    ...own.map((hop): Hop => ({ ...hop, kind: 'route', dials: [`its other pods:${hop.to.port}`] })),
    ...(others.length > 0 ? outside.find(others) : []).map((dialled) =>
      siteHop(cluster, caller, dialled, tls),
    ),
  ];
}

/** A route to another site, which NATS alone protects. */
function siteHop(cluster: ClusterView, caller: WorkloadView, dialled: Dialled, tls: boolean): Hop {
  const { target, addresses } = dialled;
  const { mesh, wayIn, address } = received(target);
  return {
    kind: 'route',
    from: { cluster: cluster.name, name: caller.name },
    to: { cluster: target.cluster.name, name: target.workload.name, port: target.port },
    dials: addresses.map(({ host, port }) => `${host}:${port}`),
    service: target.service.name,
    exposure: typeof target.through === 'object' ? target.through : undefined,
    gateway: undefined,
    callerProves: [address, ...(tls ? [CERTIFICATE] : [])],
    calleeProves: tls ? [CERTIFICATE] : [],
    encryptedBy: tls ? ['NATS'] : [],
    admission: [wayOut(cluster, caller, addresses[0]?.port ?? target.port, 'outside'), wayIn, mesh],
    users: [],
  };
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
          policies: [...new Set(probes.map(({ path }) => path))],
        },
      ],
      users: [],
    },
  ];
}
