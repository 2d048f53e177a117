import { kubectl } from '../../model/kubectl.ts';
import { orOk, problem, type Verdict, warning } from '../finding.ts';
import type { KubeObject } from '../kube.ts';
import type { Patient } from '../patient.ts';

const HOUR = 3_600_000;

/** Whether every pod that the manifests ask for is there, ready, meshed, and not restarting. */
export async function pods(patient: Patient): Promise<Verdict[]> {
  const live = await patient.pods();
  const { objects } = patient.wanted;
  const workloads = objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
  const verdicts = workloads.flatMap((workload) => {
    const own = live.filter(({ metadata }) => metadata.labels?.app === workload.metadata.name);
    return [...missing(workload, own, patient), ...own.flatMap((pod) => judge(pod, patient))];
  });
  return orOk(verdicts, `${live.length} pods are ready and meshed`);
}

const inNamespace = ({ context, wanted }: Patient, command: string) =>
  kubectl(context, wanted.namespace, command);

function missing(
  { metadata, kind, spec }: KubeObject,
  own: readonly KubeObject[],
  patient: Patient,
): Verdict[] {
  if (own.length >= spec.replicas) return [];
  const { name } = metadata;
  return [
    problem(
      `${name} has ${own.length} of ${spec.replicas} pods`,
      'what they do is not done, or by fewer than should',
      inNamespace(patient, `describe ${kind.toLowerCase()}/${name}`),
    ),
  ];
}

function judge(pod: KubeObject, patient: Patient): Verdict[] {
  const { name } = pod.metadata;
  return [...readiness(pod, patient), ...mesh(pod, patient)].map((verdict) => ({
    ...verdict,
    what: `${name} ${verdict.what}`,
  }));
}

function readiness({ metadata: { name }, status }: KubeObject, patient: Patient): Verdict[] {
  const containers: KubeObject[] = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ];
  const ready = status?.conditions?.some(
    (each: KubeObject) => each.type === 'Ready' && each.status === 'True',
  );
  if (!ready) {
    const waiting = containers.find((each) => each.state?.waiting?.reason);
    const unready = containers.find((each) => each.ready === false);
    const detail = waiting
      ? `${waiting.name} is in ${waiting.state.waiting.reason}`
      : unready && `${unready.name} fails its probe`;
    const container = waiting ?? unready;
    return [
      problem(
        `is not ready${detail ? `: ${detail}` : ''}`,
        'no Service leads to it',
        inNamespace(patient, container ? `logs ${name} -c ${container.name}` : `describe pod/${name}`),
      ),
    ];
  }
  return containers.flatMap((container) => {
    const { finishedAt, exitCode, reason } = container.lastState?.terminated ?? {};
    if (!finishedAt || patient.now.getTime() - Date.parse(finishedAt) > HOUR) return [];
    return [
      warning(
        `had ${container.name} start again at ${finishedAt}, ${container.restartCount} times in all; it had ended with ${exitCode} (${reason})`,
        'each restart costs its clients a connection',
        inNamespace(patient, `logs ${name} -c ${container.name} --previous`),
      ),
    ];
  });
}

/** Annotations by which traffic goes around the proxy; the manifests have none of them. */
const DETOURS = ['skip-inbound-ports', 'skip-outbound-ports', 'skip-subnets'].map(
  (name) => `config.linkerd.io/${name}`,
);

function mesh({ metadata, spec }: KubeObject, patient: Patient): Verdict[] {
  const containers: KubeObject[] = [...(spec.initContainers ?? []), ...spec.containers];
  // With native sidecars, the default since Linkerd 2.20, the proxy is an init container (linkerd/linkerd2#15267).
  if (!containers.some(({ name }) => name === 'linkerd-proxy')) {
    return [
      problem(
        'is not meshed: it has no linkerd-proxy',
        'its connections are not encrypted within the cluster, and the policies admit none of them to a meshed pod',
        `see that linkerd-proxy-injector runs, then ${inNamespace(patient, `delete pod ${metadata.name}`)}`,
      ),
    ];
  }
  return DETOURS.filter((key) => metadata.annotations?.[key]).map((key) =>
    problem(
      `has the annotation ${key}: ${metadata.annotations?.[key]}`,
      'what it names goes around the proxy, without encryption and past the policies',
      'remove it from the namespace or the workload and delete the pod',
    ),
  );
}
