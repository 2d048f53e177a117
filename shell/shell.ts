import { connect } from '@nats-io/transport-node';
import { delegatedCertificates } from '../certs/plan.ts';
import { issuedIn } from '../certs/read-issued.ts';
import { CLIENTS } from '../constructs/nats/server-ports.ts';
import { chooseClusters, listed } from '../kube/choose-clusters.ts';
import { withCredentials } from '../kube/credentials.ts';
import { KubeClient, KubeError } from '../kube/kube-client.ts';
import { configFor, loadKubeconfig } from '../kube/kubeconfig.ts';
import { type Forward, forward } from '../kube/port-forward.ts';
import { refuse, shown } from '../model/checks.ts';
import type { Credentials } from '../model/credentials.ts';
import type { ClusterModel, Model, UserModel } from '../model/model.ts';
import type { Say } from '../terminal/say.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { Access } from './access.ts';
import { runWith } from './run-with.ts';

const OWNER = 'npx nats-mtls shell';

/** Milliseconds that a request may take, and that a person has to sign in to the cluster. */
const PATIENCE = 5_000;
const SIGN_IN_PATIENCE = 60_000;

export interface ShellCall {
  readonly model: Model;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Name of the NATS user. */
  readonly user: string;
  /** The kubeconfig's context. @default - of the cluster's name */
  readonly context?: string | undefined;
  /** Folder of what `npm run certs` keeps. */
  readonly issued: string;
  /** The command and its words; none for the shell of the person. */
  readonly command: readonly string[];
  readonly say: Say;
}

/**
 * Runs a command, or a shell, that finds a NATS server of a cluster by its environment. The way there is a port-forward,
 * which ends with it.
 * @returns the exit code of the command
 * @throws InvalidInput when the server cannot be reached, or does not let the user sign in
 */
export async function openShell(call: ShellCall): Promise<number> {
  const { model, say } = call;
  const cluster = clusterOf(model, call.cluster);
  const user = userOf(cluster, call.user);
  if (
    delegatedCertificates(model)
      .get(cluster.name)
      ?.some(({ name }) => name === user.certificate)
  )
    refuse(
      { owner: OWNER, property: '--user' },
      `cert-manager has made the certificate of ${user.name}, and it is in its cluster alone; use sys`,
    );
  const credentials = credentialsIn(call.issued, model);
  const [choice] = chooseClusters(model, [cluster.name], call.context ? [call.context] : [], OWNER);
  const config = configFor(loadKubeconfig(process.env, OWNER), choice!, OWNER);
  try {
    const kube = new KubeClient(await withCredentials(config, SIGN_IN_PATIENCE), PATIENCE);
    const pod = await runningServer(kube, cluster, model.namespace);
    const way = await forward(kube.config, model.namespace, pod, CLIENTS.port);
    const access = new Access(cluster.name, user, credentials, way.port);
    try {
      await signIn(way, access, pod);
      const words = call.command.length > 0 ? call.command : [process.env.SHELL || '/bin/sh'];
      if (call.command.length === 0)
        say(`${user.name} on ${pod} of ${cluster.name}; the way ends with this shell`);
      return await runWith(access, words, (why) => refuse({ owner: OWNER, property: words[0]! }, why));
    } finally {
      way.close();
    }
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return refuse(
      { owner: OWNER, property: cluster.name },
      `${error.message}; npx nats-mtls doctor --cluster ${cluster.name} says more`,
    );
  }
}

function clusterOf({ clusters }: Model, name: string): ClusterModel {
  const names = clusters.map((each) => each.name);
  return (
    clusters.find((each) => each.name === name) ??
    refuse(
      { owner: OWNER, property: 'cluster' },
      `${shown(name)} is not in topology.ts; use ${listed(names)}`,
    )
  );
}

function userOf({ name: cluster, users }: ClusterModel, name: string): UserModel {
  const clients = users.filter(({ kind }) => kind !== 'leaf' && kind !== 'device');
  const user = users.find((each) => each.name === name);
  if (user && clients.includes(user)) return user;
  const problem = user ? `signs in as a ${user.kind}, and not as a client` : `is no NATS user of ${cluster}`;
  return refuse(
    { owner: OWNER, property: '--user' },
    `${shown(name)} ${problem}; use ${listed(clients.map((each) => each.name))}`,
  );
}

function credentialsIn(folder: string, model: Model): Credentials {
  const issued = issuedIn(folder, model, new Date());
  if (typeof issued !== 'string') return issued.credentials;
  return refuse(
    { owner: OWNER, property: shownPath(folder) },
    `${issued}; run this where the credentials are kept, or name their folder with --folder`,
  );
}

/** The name of a server's pod that runs; one that is ready comes first. */
async function runningServer(kube: KubeClient, { server, replicas }: ClusterModel, namespace: string) {
  const names = new Set(Array.from({ length: replicas }, (_, i) => `${server}-${i}`));
  const running = ((await kube.list('v1', 'Pod', namespace)) ?? []).filter(
    ({ metadata, status }) =>
      names.has(metadata.name) && status?.phase === 'Running' && !metadata.deletionTimestamp,
  );
  const isReady = ({ status }: (typeof running)[number]) =>
    status.conditions?.some(
      ({ type, status: is }: Record<string, string>) => type === 'Ready' && is === 'True',
    );
  const pod = running.find(isReady) ?? running[0];
  if (!pod) throw new KubeError(`${server} has no pod that runs in ${namespace}`);
  return pod.metadata.name;
}

/** Signs in once, so that what is refused is said here and not by whatever the command makes of it. */
async function signIn(way: Forward, { options, user }: Access, pod: string): Promise<void> {
  try {
    const connection = await connect({ ...options, reconnect: false, timeout: PATIENCE });
    await connection.close();
  } catch (error) {
    throw new KubeError(
      way.failure
        ? `the port-forward to ${pod} is refused (${way.failure.message})`
        : `${pod} did not let ${user} sign in (${(error as Error).message})`,
    );
  }
}
