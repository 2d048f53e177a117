import { GATEWAY as LINKERD_GATEWAY } from '../constructs/mesh/linkerd.ts';
import { at } from '../constructs/nats/read-conf.ts';
import { meshAdmission, wayIn, wayOut } from './admission.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Dialled, OutsideTargets, Target } from './endpoints.ts';
import { type Admission, CERTIFICATE, type Hop, identity, PASSWORD, type Proof } from './hop.ts';
import type { KnownUser, Remote, WorkloadView } from './workloads.ts';

/** As whom Linkerd's gateway comes in. */
const GATEWAY = { name: LINKERD_GATEWAY.serviceAccount, namespace: LINKERD_GATEWAY.namespace };

/** What a port of a broker has for all who come to it from outside. */
interface Reception {
  readonly mesh: Admission;
  readonly wayIn: Admission;
  /** What a leaf proves by where it dials from. */
  readonly address: Proof;
  readonly users: ReadonlyMap<string, readonly KnownUser[]>;
}

/** The hops that leaves make. What they share is worked out once, because a broker may have a thousand of them. */
export class LeafHops {
  private readonly receptions = new Map<Target, Reception>();

  constructor(private readonly targets: OutsideTargets) {}

  /**
   * Those of the servers of one cluster.
   * @throws Error if a leaf dials what no cluster offers
   */
  of(cluster: ClusterView): Hop[] {
    return cluster.workloads.flatMap((caller) =>
      caller.remotes.flatMap((remote) =>
        this.targets.find(remote.addresses).map((dialled) => this.hop(cluster, caller, remote, dialled)),
      ),
    );
  }

  private hop(
    cluster: ClusterView,
    caller: WorkloadView,
    remote: Remote,
    { target, addresses }: Dialled,
  ): Hop {
    const { cluster: home, workload, port, service, through } = target;
    const { mesh, wayIn, address, users } = this.reception(target);
    const gateway = through === 'gateway' ? GATEWAY : undefined;
    const tls = remote.tls && at(workload.conf, 'leafnodes', 'tls') !== undefined;
    return {
      kind: 'leaf',
      from: { cluster: cluster.name, name: caller.name },
      to: { cluster: home.name, name: workload.name, port },
      dials: addresses.map(({ host, port }) => `${host}:${port}`),
      service: service.name,
      exposure: typeof through === 'object' ? through : undefined,
      gateway,
      callerProves: [
        gateway ? identity(caller) : address,
        ...(tls && caller.certificate ? [CERTIFICATE] : []),
        PASSWORD,
      ],
      calleeProves: [...(gateway ? [identity({ identity: gateway })] : []), ...(tls ? [CERTIFICATE] : [])],
      encryptedBy: [...(gateway ? ['Linkerd' as const] : []), ...(tls ? ['NATS' as const] : [])],
      admission: [wayOut(cluster, caller, addresses[0]?.port ?? port, 'outside'), wayIn, mesh],
      users: (users.get(remote.user.name) ?? []).filter(({ secret }) => secret === remote.user.secret),
    };
  }

  private reception(target: Target): Reception {
    const known = this.receptions.get(target) ?? received(target);
    this.receptions.set(target, known);
    return known;
  }
}

export function received({ cluster, workload, port, through }: Target): Reception {
  const principal = through === 'gateway' ? { identity: GATEWAY } : { networks: true as const };
  const mesh = meshAdmission(cluster, workload, port, principal);
  const networks = cluster.authorizations
    .filter(({ name }) => mesh.policies.includes(name))
    .flatMap((policy) => policy.networks);
  const users = new Map<string, KnownUser[]>();
  for (const user of workload.users.filter(({ connects }) => connects.includes('LEAFNODE'))) {
    users.set(user.name, [...(users.get(user.name) ?? []), user]);
  }
  return {
    mesh,
    wayIn: wayIn(cluster, workload, port, principal),
    address: { kind: 'address', networks },
    users,
  };
}
