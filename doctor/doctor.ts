import type { KubeConfig } from '@kubernetes/client-node';
import { issuedIn } from '../certs/read-issued.ts';
import type { ChosenCluster } from '../kube/choose-clusters.ts';
import { NoCredentials, withCredentials } from '../kube/credentials.ts';
import { KubeClient, NotSignedIn } from '../kube/kube-client.ts';
import { configFor } from '../kube/kubeconfig.ts';
import type { ClusterModel, Model } from '../model/model.ts';
import { attempt } from './attempt.ts';
import { certManager } from './checks/cert-manager.ts';
import { clients } from './checks/clients.ts';
import { type Clock, clocks } from './checks/clock.ts';
import { misdirection } from './checks/context.ts';
import { gateway } from './checks/gateway.ts';
import { gatewayApi } from './checks/gateway-api.ts';
import { linkerd } from './checks/linkerd.ts';
import { linkerdIdentity } from './checks/linkerd-identity.ts';
import { links } from './checks/links.ts';
import { message } from './checks/message.ts';
import { mirrors } from './checks/mirrors.ts';
import { objects } from './checks/objects.ts';
import { pods } from './checks/pods.ts';
import { routes } from './checks/routes.ts';
import { secrets } from './checks/secrets.ts';
import { seen } from './checks/seen.ts';
import { served } from './checks/served.ts';
import { streams } from './checks/streams.ts';
import { type Finding, ok, problem, unknown, type Verdict } from './finding.ts';
import { inTurn } from './in-turn.ts';
import { Target } from './target.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/** What is said of this machine rather than of a cluster; no cluster can have that name. */
const HERE = 'this machine';

/** Checks of one cluster, by the name that findings have. */
const CHECKS: Readonly<Record<string, (target: Target) => Promise<Verdict[]>>> = {
  linkerd,
  'linkerd identity': linkerdIdentity,
  'gateway api': gatewayApi,
  objects,
  secrets,
  'cert-manager': certManager,
  clients,
  seen,
  pods,
  certificates: served,
  routes,
  links,
  gateway,
  streams,
};

/** Clusters that are looked at at a time, and leaves that are listened on. */
const AT_ONCE = 16;

export interface Examination {
  readonly model: Model;
  readonly chosen: readonly ChosenCluster[];
  readonly kubeconfig: KubeConfig;
  /** Folder of what `npm run certs` keeps. */
  readonly issued: string;
  /** Milliseconds that one request or connection may take. @default 5000 */
  readonly patience?: number;
  /** Milliseconds that a person or a plugin has to sign in to a context. @default 60000 */
  readonly signInPatience?: number;
  /** Is told how many clusters have been looked at. */
  readonly report?: (done: number) => void;
}

/**
 * Looks at the clusters as they are and says what is not as the topology wants it. What fails or hangs costs its own
 * findings and no others.
 * @throws InvalidInput when a context cannot be used
 */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { model, chosen, kubeconfig, report = () => {} } = examination;
  const { patience = 5000, signInPatience = 60_000 } = examination;
  const now = new Date();
  const issued = issuedIn(examination.issued, model, now);
  const known = typeof issued === 'string' ? undefined : issued;
  const contexts = new Map(chosen.map(({ cluster, context }) => [cluster, context]));
  const configs = new Map(chosen.map((choice) => [choice.context, configFor(kubeconfig, choice)]));
  const signIns = new Map<string, Promise<KubeConfig>>();
  /** Signs in, once to each context, and looks. */
  const visit = async (wanted: Wanted): Promise<Look> => {
    const { name } = wanted.cluster;
    const context = contexts.get(name)!;
    const sharing = chosen
      .filter((other) => other.context === context && other.cluster !== name)
      .map(({ cluster }) => cluster);
    try {
      const signIn = signIns.get(context) ?? withCredentials(configs.get(context)!, signInPatience);
      signIns.set(context, signIn);
      const kube = new KubeClient(await signIn, patience);
      const target = new Target(wanted, context, kube, known, now);
      return await lookAt(target, model.clusters, sharing);
    } catch (error) {
      return { findings: [outside(name, context, error as Error)] };
    }
  };

  let done = 0;
  const looks = await inTurn(AT_ONCE, wantedOf(model, new Set(contexts.keys())), async (wanted) => {
    const look = await visit(wanted);
    await look.target?.close();
    report(++done);
    return look;
  });
  const reached = looks.flatMap(({ target }) => target ?? []);
  const heard = await listen(reached, known !== undefined);
  await Promise.all(reached.map((target) => target.close()));
  return [
    ...(typeof issued === 'string' ? [unissued(issued)] : []),
    ...looks.flatMap(({ findings }) => findings),
    ...clocks(looks.flatMap(({ clock }) => clock ?? [])),
    ...heard,
  ];
}

interface Look {
  readonly findings: readonly Finding[];
  /** Absent, as is its clock, where the cluster could not be looked at. */
  readonly target?: Target;
  readonly clock?: Clock;
}

/** @throws KubeError when the API server does not answer, or not this user */
async function lookAt(
  target: Target,
  all: readonly ClusterModel[],
  sharing: readonly string[],
): Promise<Look> {
  const { name: cluster, kube } = target;
  const { version, clock } = await kube.version();
  // The version is told to everybody.
  await kube.signedIn();
  const api = { cluster, check: 'api server', ...ok(`Kubernetes ${version}`) };
  const misdirected = await misdirection(target, all, sharing);
  if (misdirected) return { findings: [api, { cluster, check: 'context', ...misdirected }] };
  const findings = await Promise.all(
    Object.entries(CHECKS).map(async ([check, look]) =>
      (await attempt(() => look(target))).map((verdict) => ({ cluster, check, ...verdict })),
    ),
  );
  return { findings: [api, ...findings.flat()], target, clock: { cluster, offset: clock } };
}

/** Why nothing of a cluster could be looked at. */
function outside(cluster: string, context: string, error: Error): Finding {
  const why = 'nothing of this cluster could be looked at';
  if (error instanceof NoCredentials || error instanceof NotSignedIn) {
    const remedy = `sign in: kubectl --context ${context} auth whoami shows whom the API server takes you for`;
    return { cluster, check: 'credentials', ...unknown(error.message, why, remedy) };
  }
  const remedy = `see whether kubectl --context ${context} version answers`;
  return { cluster, check: 'api server', ...problem(error.message, why, remedy) };
}

/**
 * What takes both ends of a link: the mirrors of the leaves that can be reached and should be and, where there are
 * credentials to sign in with, a message to each of them.
 */
async function listen(targets: readonly Target[], canSignIn: boolean): Promise<Finding[]> {
  const broker = targets.find(({ wanted }) => wanted.isBroker);
  const leaves = targets.filter((target) => !target.wanted.isBroker && !target.revoked(target.name));
  if (!broker || leaves.length === 0) return [];
  const heard = await Promise.all([mirrors(broker, leaves), canSignIn ? message(broker, leaves) : []]);
  return heard.flat();
}

const unissued = (why: string): Finding => ({
  cluster: HERE,
  check: 'credentials',
  ...unknown(
    why,
    'Secrets, certificates and roots were compared with nothing, and no message was sent',
    'run this where the credentials are kept, or mend them with npm run certs',
  ),
});
