import { constants } from 'node:os';
import type { ContainerSpec } from '../manifest.ts';
import type { Container } from '../stage/container.ts';
import type { Pod } from '../stage/pod.ts';
import { passes } from '../stage/probe.ts';

/** The status of one container of a Pod object. */
export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: object;
  readonly lastState: object;
}

/** The status of a pod's object just now. */
export async function podStatus(pod: Pod) {
  const { containers } = pod.props.template.spec;
  const statuses = await Promise.all(containers.map((spec) => containerStatus(spec, pod)));
  const condition = (type: string, isTrue: boolean) => ({ type, status: isTrue ? 'True' : 'False' });
  const ready = statuses.every((status) => status.ready);
  return {
    phase: 'Running',
    hostIP: pod.props.hostIp,
    hostIPs: [{ ip: pod.props.hostIp }],
    podIP: pod.ip,
    podIPs: [{ ip: pod.ip }],
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: statuses,
  };
}

export type PodStatus = Awaited<ReturnType<typeof podStatus>>;

async function containerStatus(spec: ContainerSpec, pod: Pod): Promise<ContainerStatus> {
  // A probe counts at once, whatever its period and thresholds, so that no test waits for them.
  const passed = spec.readinessProbe ? await passes(spec, pod) : true;
  const { running, exits, logFiles } = pod.container(spec.name);
  const last = exits.at(-1);
  const waiting = { reason: last ? 'CrashLoopBackOff' : 'ContainerCreating' };
  return {
    name: spec.name,
    image: spec.image,
    imageID: '',
    ready: running && passed,
    started: running,
    restartCount: Math.max(0, logFiles.length - 1),
    state: running ? { running: {} } : { waiting },
    lastState: last ? { terminated: { exitCode: exitCode(last), reason: 'Error' } } : {},
  };
}

/** As a shell counts a signal. */
const exitCode = ({ code, signal }: Container['exits'][number]) =>
  code ?? 128 + (signal ? constants.signals[signal] : 0);
