import { DOCTOR_USER } from '../model/names.ts';
import { authorizationsOf, meshAdmission, type Party, same, wayIn } from './admission.ts';
import type { ClusterView } from './cluster-view.ts';
import { type Admission, EACH, type Hop } from './hop.ts';
import { type Authorization, type PolicedPort, selects } from './objects.ts';
import { at } from './read-conf.ts';
import type { WorkloadView } from './workloads.ts';

/** The port that a proxy shows its metrics at, by the name that Linkerd gives it. */
const PROXY_METRICS = { name: 'linkerd-admin', port: 4191 };

/** Those whom a policy of the cluster admits although no workload of the topology dials there. */
export function guests(cluster: ClusterView, arriving: readonly Hop[]): Hop[] {
  return cluster.policedPorts.flatMap((policed) => {
    const targets = cluster.workloads.filter(({ labels }) => selects(policed.selector, labels));
    const [first] = targets;
    if (!first) return [];
    const here = arriving.filter(
      ({ to }) => to.port === policed.port && targets.some(({ name }) => name === to.name),
    );
    return authorizationsOf(cluster, first, policed.port)
      .filter(({ server }) => server === policed.name)
      .flatMap((authorization) => strangers(authorization, here))
      .map((party) => guestHop(cluster, policed, targets, party, arriving));
  });
}

type Guest =
  | { readonly identity: { name: string; namespace: string } }
  | { readonly networks: readonly string[] };

/** The parties of an authorization that are not among the callers. */
function strangers({ identities, networks }: Authorization, here: readonly Hop[]): Guest[] {
  const proven = here.flatMap(({ callerProves, gateway }) => [
    ...callerProves.flatMap((proof) => (proof.kind === 'identity' ? [proof.identity] : [])),
    ...(gateway ? [gateway] : []),
  ]);
  const dialled = here.some(({ callerProves }) => callerProves.some(({ kind }) => kind === 'address'));
  return [
    ...identities
      .filter((identity) => !proven.some((other) => same(identity, other)))
      .map((identity) => ({ identity })),
    ...(networks.length > 0 && !dialled ? [{ networks }] : []),
  ];
}

function guestHop(
  cluster: ClusterView,
  policed: PolicedPort,
  targets: readonly WorkloadView[],
  guest: Guest,
  arriving: readonly Hop[],
): Hop {
  const [target] = targets as [WorkloadView];
  const port = policed.port === PROXY_METRICS.name ? PROXY_METRICS.port : policed.port;
  const party: Party = 'identity' in guest ? guest : { networks: true };
  const tls = at(target.conf, 'port') === port && at(target.conf, 'tls') !== undefined;
  const speaksNats = at(target.conf, 'port') === port;
  const users = speaksNats ? unclaimed(target, arriving) : [];
  const services = cluster.services.filter(({ selector }) => selects(selector, target.labels));
  const opened = services.find(({ ports }) => ports.some((open) => open.target === port && open.opening));
  const service = 'identity' in guest ? undefined : opened;
  return {
    kind: 'guest',
    from:
      'identity' in guest
        ? { cluster: cluster.name, ...guest.identity }
        : { cluster: undefined, name: users.map(({ name }) => name).join(', ') || 'anyone' },
    to: { cluster: cluster.name, name: targets.length > 1 ? 'every pod' : target.name, port },
    dials: [],
    service: service?.name,
    opening: service?.ports.find(({ target }) => target === port)?.opening,
    gateway: undefined,
    callerProves: [
      'identity' in guest
        ? { kind: 'identity', identity: guest.identity }
        : { kind: 'address', networks: guest.networks },
      ...(tls ? [{ kind: 'certificate' as const }] : []),
      ...(speaksNats ? [{ kind: 'password' as const }] : []),
    ],
    calleeProves: [
      ...('identity' in guest
        ? [
            {
              kind: 'identity' as const,
              identity: targets.length > 1 ? { ...target.identity, name: EACH } : target.identity,
            },
          ]
        : []),
      ...(tls ? [{ kind: 'certificate' as const }] : []),
    ],
    encryptedBy: [...('identity' in guest ? ['Linkerd' as const] : []), ...(tls ? ['NATS' as const] : [])],
    admission: [
      agreed(targets.map((pods) => wayIn(cluster, pods, port, party))),
      meshAdmission(cluster, target, policed.port, party),
    ],
    users,
  };
}

/** What several workloads say alike: with one that lets nobody in, none does. */
function agreed(all: readonly Admission[]): Admission {
  const [first] = all as [Admission];
  const complete = all.every(({ policies }) => policies.length > 0);
  return { ...first, policies: complete ? [...new Set(all.flatMap(({ policies }) => policies))] : [] };
}

/** Users of a server as which nobody in the topology signs in, but for the doctor's, which dials from within the pod. */
const unclaimed = (target: WorkloadView, arriving: readonly Hop[]) =>
  target.users.filter(
    (user) =>
      user.connects.includes('STANDARD') &&
      user.name !== DOCTOR_USER &&
      !arriving.some((hop) => hop.to.name === target.name && hop.users.includes(user)),
  );
