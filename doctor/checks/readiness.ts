import type { KubeObject } from '../../kube/kube-client.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { problem, type Verdict, warning } from '../finding.ts';
import type { Target } from '../target.ts';

const HOUR = 3_600_000;

/** Reasons to wait in which a container has not run yet, so that it has no log. */
const BEFORE_ITS_LOG = [
  'PodInitializing',
  'ContainerCreating',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
];

/** What hinders a pod, and the container whose log says more; absent where none has a log. */
interface Hindrance {
  readonly detail: string;
  readonly logOf?: string;
}

/** Whether a pod is ready, what hinders it, and whether it began anew. What is said completes "nats-broker-0 …". */
export function readiness(pod: KubeObject, target: Target): Verdict[] {
  const { metadata, status } = pod;
  const inNamespace = (command: string) => kubectl(target.context, target.wanted.namespace, command);
  if (condition(pod, 'Ready')?.status !== 'True') {
    const found = hindrance(pod);
    const look = found?.logOf ? `logs ${metadata.name} -c ${found.logOf}` : `describe pod/${metadata.name}`;
    return [
      problem(
        `is not ready${found ? `: ${found.detail}` : ''}`,
        isServed(pod, target) ? 'no Service leads to it' : 'what it does is not done',
        inNamespace(look),
      ),
    ];
  }
  const containers: KubeObject[] = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
  ];
  return containers.flatMap((container) => {
    const { finishedAt, exitCode, reason } = container.lastState?.terminated ?? {};
    if (!finishedAt || target.now.getTime() - Date.parse(finishedAt) > HOUR) return [];
    return [
      warning(
        `had ${container.name} start again at ${finishedAt}, ${container.restartCount} times in all; it had ended with ${exitCode} (${reason})`,
        'each restart costs its clients a connection',
        inNamespace(`logs ${metadata.name} -c ${container.name} --previous`),
      ),
    ];
  });
}

const condition = ({ status }: KubeObject, type: string): KubeObject | undefined =>
  status?.conditions?.find((each: KubeObject) => each.type === type);

/** Whether a Service is there to lead to such pods, as to servers. */
const isServed = ({ metadata }: KubeObject, { wanted }: Target) =>
  wanted.objects.some(({ kind, spec }) => kind === 'Service' && spec.selector?.app === metadata.labels?.app);

function hindrance(pod: KubeObject): Hindrance | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False')
    return { detail: `no node takes it (${scheduled.message ?? scheduled.reason})` };
  return initHindrance(pod) ?? containerHindrance(pod);
}

/** All other containers wait for the first of the init containers that has not done its work. */
function initHindrance({ spec, status }: KubeObject): Hindrance | undefined {
  const stay = new Set(
    (spec.initContainers ?? [])
      .filter(({ restartPolicy }: KubeObject) => restartPolicy === 'Always')
      .map(({ name }: KubeObject) => name),
  );
  const open: KubeObject | undefined = (status?.initContainerStatuses ?? []).find(
    ({ name, started, state }: KubeObject) =>
      stay.has(name) ? started !== true : state?.terminated?.exitCode !== 0,
  );
  if (!open) return undefined;
  const { name } = open;
  const reason = open.state?.waiting?.reason;
  if (reason) return { detail: `the init container ${name} is in ${reason}`, ...logUnless(reason, name) };
  return {
    detail: `the init container ${name} has not ${stay.has(name) ? 'become ready' : 'finished'}, and the others wait for it`,
    logOf: name,
  };
}

function containerHindrance({ status }: KubeObject): Hindrance | undefined {
  const containers: KubeObject[] = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ];
  const waiting = containers.find((each) => each.state?.waiting?.reason);
  if (waiting) {
    const { reason } = waiting.state.waiting;
    return { detail: `${waiting.name} is in ${reason}`, ...logUnless(reason, waiting.name) };
  }
  const unready = containers.find((each) => each.ready === false);
  return unready && { detail: `${unready.name} fails its probe`, logOf: unready.name };
}

const logUnless = (reason: string, name: string) => (BEFORE_ITS_LOG.includes(reason) ? {} : { logOf: name });
