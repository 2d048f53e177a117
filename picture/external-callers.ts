import { PROXY_ADMIN } from '../constructs/mesh/linkerd.ts';
import { at } from '../constructs/nats/read-conf.ts';
import { DOCTOR_USER } from '../model/names.ts';
import { authorizationsOf, meshAdmission, type Principal, same, wayIn } from './admission.ts';
import type { ClusterView } from './cluster-view.ts';
import { type Admission, EACH, type Hop } from './hop.ts';
import { type Authorization, type PolicedPort, selects } from './objects.ts';
import { type KnownUser, signingIn, type WorkloadView } from './workloads.ts';

/** Those whom a policy of the cluster admits although no workload of the topology dials there. */
export function externalCallers(cluster: ClusterView, arriving: readonly Hop[]): Hop[] {
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
      .map((principal) => externalHop(cluster, policed, targets, principal, arriving));
  });
}

type ExternalCaller =
  | { readonly identity: { name: string; namespace: string } }
  | { readonly networks: readonly string[] };

/** The principals of an authorization that are not among the callers. */
function strangers({ identities, networks }: Authorization, here: readonly Hop[]): ExternalCaller[] {
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

function externalHop(
  cluster: ClusterView,
  policed: PolicedPort,
  targets: readonly WorkloadView[],
  externalCaller: ExternalCaller,
  arriving: readonly Hop[],
): Hop {
  const [target] = targets as [WorkloadView];
  const port = policed.port === PROXY_ADMIN.name ? PROXY_ADMIN.port : policed.port;
  const principal: Principal = 'identity' in externalCaller ? externalCaller : { networks: true };
  const listener = listenerAt(target, port);
  const tls = listener?.tls ?? false;
  const users = listener ? usersOf(cluster, target, externalCaller, arriving, listener.connects) : [];
  const services = cluster.services.filter(({ selector }) => selects(selector, target.labels));
  const opened = services.find(({ ports }) => ports.some((open) => open.target === port && open.exposure));
  const service = 'identity' in externalCaller ? undefined : opened;
  return {
    kind: 'externalCaller',
    from:
      'identity' in externalCaller
        ? { cluster: cluster.name, ...externalCaller.identity }
        : { cluster: undefined, name: users.map(({ name }) => name).join(', ') || 'anyone' },
    to: { cluster: cluster.name, name: targets.length > 1 ? 'every pod' : target.name, port },
    dials: [],
    service: service?.name,
    exposure: service?.ports.find(({ target }) => target === port)?.exposure,
    gateway: undefined,
    callerProves: [
      'identity' in externalCaller
        ? { kind: 'identity', identity: externalCaller.identity }
        : { kind: 'address', networks: externalCaller.networks },
      ...(tls ? [{ kind: 'certificate' as const }] : []),
      ...(listener ? [{ kind: 'password' as const }] : []),
    ],
    calleeProves: [
      ...('identity' in externalCaller
        ? [
            {
              kind: 'identity' as const,
              identity: targets.length > 1 ? { ...target.identity, name: EACH } : target.identity,
            },
          ]
        : []),
      ...(tls ? [{ kind: 'certificate' as const }] : []),
    ],
    encryptedBy: [
      ...('identity' in externalCaller ? ['Linkerd' as const] : []),
      ...(tls ? ['NATS' as const] : []),
    ],
    admission: [
      agreed(targets.map((pods) => wayIn(cluster, pods, port, principal))),
      meshAdmission(cluster, target, policed.port, principal),
    ],
    users,
  };
}

/** How those sign in who dial this port of a nats-server, and whether it asks for TLS; nothing where nobody signs in. */
function listenerAt({ conf }: WorkloadView, port: number | string) {
  const isTls = (...path: string[]) => at(conf, ...path, 'tls') !== undefined;
  if (at(conf, 'port') === port) return { connects: 'STANDARD', tls: isTls() };
  if (at(conf, 'mqtt', 'port') === port) return { connects: 'MQTT', tls: isTls('mqtt') };
  return undefined;
}

/** What several workloads say alike: with one that lets nobody in, none does. */
function agreed(all: readonly Admission[]): Admission {
  const [first] = all as [Admission];
  const complete = all.every(({ policies }) => policies.length > 0);
  return { ...first, policies: complete ? [...new Set(all.flatMap(({ policies }) => policies))] : [] };
}

/** Users as whom an external caller may sign in: a client's own, or whichever is left for the others. */
function usersOf(
  { clients }: ClusterView,
  target: WorkloadView,
  caller: ExternalCaller,
  arriving: readonly Hop[],
  connects: string,
): KnownUser[] {
  const ofClients = clients.map(({ identity, user }) => ({
    identity,
    users: signingIn(target, user, connects),
  }));
  const own = 'identity' in caller && ofClients.find(({ identity }) => same(identity, caller.identity));
  if (own) return own.users;
  const taken = new Set(ofClients.flatMap(({ users }) => users));
  return unclaimed(target, arriving, connects).filter((user) => !taken.has(user));
}

/** Users of a server as which nobody in the topology signs in, but for the doctor's, which dials from within the pod. */
function unclaimed(target: WorkloadView, arriving: readonly Hop[], connects: string) {
  const claimed = new Set(arriving.filter(({ to }) => to.name === target.name).flatMap(({ users }) => users));
  return target.users.filter(
    (user) => user.connects.includes(connects) && user.name !== DOCTOR_USER && !claimed.has(user),
  );
}
