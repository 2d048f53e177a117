import { constants } from 'node:os';
import type { ApiObject } from './api-client.ts';
import type { Container } from './container.ts';
import type { ContainerSpec } from './manifest.ts';
import type { Pod } from './pod.ts';
import { passes } from './probe.ts';

/** The Pod object of a pod that runs, as the controller that owns it makes it. Its node is `node`. */
export function podObject(pod: Pod, owner: ApiObject, node: string): ApiObject {
  const { template, subdomain, claims, namespace } = pod.props;
  const { apiVersion, kind, metadata } = owner;
  const ownerReference = { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true };
  const own: Record<string, string> =
    kind === 'StatefulSet' ? { 'statefulset.kubernetes.io/pod-name': pod.name } : {};
  // As many as the template claims; an emptyDir of a node that has booted again is in `claims` too.
  const known = new Set(template.spec.volumes?.map(({ name }) => name));
  const claimed = [...claims.keys()].filter((name) => !known.has(name));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace,
      labels: { ...template.metadata?.labels, ...own },
      annotations: template.metadata?.annotations,
      ownerReferences: [ownerReference],
    },
    spec: {
      ...template.spec,
      nodeName: node,
      ...(subdomain && { hostname: pod.name, subdomain }),
      volumes: [
        ...(template.spec.volumes ?? []),
        ...claimed.map((name) => ({
          name,
          persistentVolumeClaim: { claimName: `${name}-${pod.name}` },
        })),
      ],
    },
  };
}

/** Whether a container is ready. A probe counts at once, whatever its thresholds, so that no test waits for them. */
const isReady = async (spec: ContainerSpec, pod: Pod) =>
  spec.readinessProbe ? passes(spec, pod) : pod.container(spec.name).running;

/** The status of a pod's object just now. */
export async function podStatus(pod: Pod) {
  const { containers } = pod.props.template.spec;
  const ready = await Promise.all(containers.map((spec) => isReady(spec, pod)));
  const allReady = ready.every(Boolean);
  const status = (isTrue: boolean) => (isTrue ? 'True' : 'False');
  return {
    phase: 'Running',
    hostIP: pod.props.hostIp,
    hostIPs: [{ ip: pod.props.hostIp }],
    podIP: pod.ip,
    podIPs: [{ ip: pod.ip }],
    conditions: [
      { type: 'PodScheduled', status: status(true) },
      { type: 'Initialized', status: status(true) },
      { type: 'ContainersReady', status: status(allReady) },
      { type: 'Ready', status: status(allReady) },
    ],
    containerStatuses: containers.map((spec, i) =>
      containerStatus(spec, pod.container(spec.name), ready[i] ?? false),
    ),
  };
}

function containerStatus({ name, image }: ContainerSpec, container: Container, ready: boolean) {
  const { running, exits, logFiles } = container;
  const last = exits.at(-1);
  return {
    name,
    image,
    imageID: '',
    ready,
    started: running,
    restartCount: Math.max(0, logFiles.length - 1),
    state: running
      ? { running: {} }
      : { waiting: { reason: last ? 'CrashLoopBackOff' : 'ContainerCreating' } },
    lastState: last
      ? { terminated: { exitCode: exitCode(last), reason: last.code === 0 ? 'Completed' : 'Error' } }
      : {},
  };
}

/** As a shell counts a signal. */
const exitCode = ({ code, signal }: Container['exits'][number]) =>
  code ?? 128 + (signal ? constants.signals[signal] : 0);
