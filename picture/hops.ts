import { meshAdmission, wayIn, wayOut } from './admission.ts';
import type { ClusterView } from './cluster-view.ts';
import { guests } from './guests.ts';
import type { Hop, Proof } from './hop.ts';
import { at, type ConfEntry } from './read-conf.ts';
import { LeafTargets, type Target, withinCluster } from './targets.ts';
import type { User, WorkloadView } from './workloads.ts';

/** As whom Linkerd's gateway comes in. */
const GATEWAY = { name: 'linkerd-gateway', namespace: 'linkerd-multicluster' };

/**
 * Every hop that the manifests make or admit, cluster by cluster: first what the workloads dial, then who else is let
 * in.
 * @throws Error if a workload dials what no cluster offers
 */
export function hops(clusters: readonly ClusterView[]): Hop[] {
  const leafTargets = new LeafTargets(clusters);
  const leaves = clusters.map((cluster) =>
    cluster.workloads.flatMap((workload) =>
      workload.remotes.map((remote) => {
        const target = leafTargets.find(remote);
        return leafHop(cluster, workload, remote, target);
      }),
    ),
  );
  const allLeaves = leaves.flat();
  return clusters.flatMap((cluster, i) => {
    const own = [
      ...(leaves[i] ?? []),
      ...cluster.workloads.flatMap((workload) => clientHops(cluster, workload)),
      ...cluster.workloads.flatMap((workload) => routeHops(cluster, workload)),
    ];
    const arriving = [...own, ...allLeaves].filter(({ to }) => to.cluster === cluster.name);
    return [
      ...own,
      ...guests(cluster, arriving),
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
  const party = { identity: caller.identity, pod: caller };
  return {
    from: { cluster: cluster.name, name: caller.name },
    to: { cluster: cluster.name, name: workload.name, port },
    service: service.name,
    opening: undefined,
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
      wayIn(cluster, workload, port, party),
      meshAdmission(cluster, workload, port, party),
    ],
    users: user ? signingIn(workload, user, 'STANDARD') : [],
  };
}

function leafHop(
  cluster: ClusterView,
  caller: WorkloadView,
  remote: WorkloadView['remotes'][number],
  { cluster: home, workload, port, service, through }: Target,
): Hop {
  const gateway = through === 'gateway' ? GATEWAY : undefined;
  const party = gateway ? { identity: gateway } : { networks: true as const };
  const mesh = meshAdmission(home, workload, port, party);
  const networks = home.authorizations
    .filter(({ name }) => mesh.policies.includes(name))
    .flatMap((policy) => policy.networks);
  const tls = remote.tls && at(workload.conf, 'leafnodes', 'tls') !== undefined;
  return {
    kind: 'leaf',
    from: { cluster: cluster.name, name: caller.name },
    to: { cluster: home.name, name: workload.name, port },
    dials: remote.addresses.map(({ host, port }) => `${host}:${port}`),
    service: service.name,
    opening: typeof through === 'object' ? through : undefined,
    gateway,
    callerProves: [
      ...(gateway ? [identity(caller)] : [{ kind: 'address' as const, networks }]),
      ...(tls && caller.certificate ? [CERTIFICATE] : []),
      PASSWORD,
    ],
    calleeProves: [
      ...(gateway ? [{ kind: 'identity' as const, identity: gateway }] : []),
      ...(tls ? [CERTIFICATE] : []),
    ],
    encryptedBy: [...(gateway ? ['Linkerd' as const] : []), ...(tls ? ['NATS' as const] : [])],
    admission: [
      wayOut(cluster, caller, remote.addresses[0]?.port ?? port, 'outside'),
      wayIn(home, workload, port, party),
      mesh,
    ],
    users: signingIn(workload, remote.user, 'LEAFNODE'),
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
      opening: undefined,
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

const CERTIFICATE: Proof = { kind: 'certificate' };
const PASSWORD: Proof = { kind: 'password' };
const identity = (workload: WorkloadView): Proof => ({ kind: 'identity', identity: workload.identity });

const signingIn = ({ users }: WorkloadView, { name, secret }: User, connects: string) =>
  users.filter((user) => user.name === name && user.secret === secret && user.connects.includes(connects));
