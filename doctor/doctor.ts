import type { KubeConfig } from '@kubernetes/client-node';
import type { Topology } from '../model/topology.ts';
import { attempt } from './attempt.ts';
import { type Clock, clocks } from './checks/clock.ts';
import { gatewayApi } from './checks/gateway-api.ts';
import { linkerd } from './checks/linkerd.ts';
import { linkerdIdentity } from './checks/linkerd-identity.ts';
import { links } from './checks/links.ts';
import { message } from './checks/message.ts';
import { objects } from './checks/objects.ts';
import { pods } from './checks/pods.ts';
import { secrets } from './checks/secrets.ts';
import { served } from './checks/served.ts';
import { streams } from './checks/streams.ts';
import { type Finding, ok, problem, unknown, type Verdict } from './finding.ts';
import { inTurn } from './in-turn.ts';
import { issuedIn } from './issued.ts';
import { KubeClient } from './kube.ts';
import { configFor } from './kubeconfig.ts';
import type { Target } from './parse-call.ts';
import { Patient } from './patient.ts';
import { wantedOf } from './wanted.ts';

/** What is said of this machine rather than of a cluster; no cluster can have that name. */
const HERE = 'this machine';

/** Checks of one cluster, by the name that findings have. */
const CHECKS: Readonly<Record<string, (patient: Patient) => Promise<Verdict[]>>> = {
  linkerd,
  'linkerd identity': linkerdIdentity,
  'gateway api': gatewayApi,
  objects,
  secrets,
  pods,
  certificates: served,
  links,
  streams,
};

/** Clusters that are looked at at a time, and leaves that are listened on. */
const AT_ONCE = 16;

export interface Examination {
  readonly topology: Topology;
  readonly targets: readonly Target[];
  readonly kubeconfig: KubeConfig;
  /** Folder of what `npm run certs` keeps. */
  readonly issued: string;
  /** Milliseconds that one request or connection may take. @default 5000 */
  readonly patience?: number;
  /** Is told how many clusters have been looked at. */
  readonly report?: (done: number) => void;
}

/**
 * Looks at the clusters as they are and says what is not as the topology wants it. What fails or hangs costs its own
 * findings and no others.
 * @throws InvalidInput when a context cannot be used
 */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { topology, targets, kubeconfig, patience = 5000, report = () => {} } = examination;
  const now = new Date();
  const issued = issuedIn(examination.issued, topology, now);
  const known = typeof issued === 'string' ? undefined : issued;
  const contexts = new Map(targets.map((target) => [target.cluster, target]));
  const patients = wantedOf(topology, new Set(contexts.keys())).map((wanted) => {
    const target = contexts.get(wanted.cluster.name)!;
    return new Patient(
      wanted,
      target.context,
      new KubeClient(configFor(kubeconfig, target), patience),
      known,
      now,
    );
  });

  let done = 0;
  const looks = await inTurn(AT_ONCE, patients, async (patient) => {
    const look = await lookAt(patient);
    await patient.close();
    report(++done);
    return look;
  });
  const reached = patients.filter((_, i) => looks[i]!.clock);
  const heard = known ? await listen(reached) : [];
  await Promise.all(patients.map((patient) => patient.close()));
  return [
    ...(typeof issued === 'string' ? [unissued(issued)] : []),
    ...looks.flatMap(({ findings }) => findings),
    ...clocks(looks.flatMap(({ clock }) => clock ?? [])),
    ...heard,
  ];
}

interface Look {
  readonly findings: readonly Finding[];
  /** Absent where the API server could not be reached. */
  readonly clock?: Clock;
}

async function lookAt(patient: Patient): Promise<Look> {
  const { name: cluster, kube, context } = patient;
  try {
    const { version, clock } = await kube.version();
    const findings = await Promise.all(
      Object.entries(CHECKS).map(async ([check, look]) =>
        (await attempt(() => look(patient))).map((verdict) => ({ cluster, check, ...verdict })),
      ),
    );
    const api = { cluster, check: 'api server', ...ok(`Kubernetes ${version}`) };
    return { findings: [api, ...findings.flat()], clock: { cluster, offset: clock } };
  } catch (error) {
    const verdict = problem(
      (error as Error).message,
      'nothing of this cluster could be looked at',
      `see whether kubectl --context ${context} version answers`,
    );
    return { findings: [{ cluster, check: 'api server', ...verdict }] };
  }
}

/** A message from the broker to the leaves that can be reached. */
async function listen(patients: readonly Patient[]): Promise<Finding[]> {
  const broker = patients.find(({ wanted }) => wanted.isBroker);
  const leaves = patients.filter(({ wanted }) => !wanted.isBroker);
  return broker && leaves.length > 0 ? message(broker, leaves) : [];
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
