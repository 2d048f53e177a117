import type { Container, PodSpec } from '../../constructs/kubernetes/k8s.ts';
import type { ManifestPromise } from './objects.ts';
import { podTemplate } from './pods.ts';

/**
 * Every pod keeps to the Pod Security Standard `restricted`, also where the namespace cannot enforce it because Linkerd's
 * init container needs more.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const restricted: ManifestPromise = (_, after) =>
  [...after].flatMap(([id, object]) => {
    const spec = podTemplate(object)?.spec;
    return spec ? [...ofPod(spec), ...ofContainers(spec)].map((what) => `${id} ${what}`) : [];
  });

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const ofPod = (spec: PodSpec) => [
  // As the API has them; the classes of cdk8s write two of them otherwise.
  ...['hostNetwork', 'hostPID', 'hostIPC']
    .filter((field) => (spec as unknown as Readonly<Record<string, unknown>>)[field] === true)
    .map((field) => `has ${field}; leave it out`),
  ...(spec.volumes ?? [])
    .filter((volume) => Object.keys(volume).some((key) => key !== 'name' && !VOLUMES.has(key)))
    .map(({ name }) => `has the volume ${name} of a kind that restricted pods may not have; use another`),
];

function ofContainers(spec: PodSpec): string[] {
  return [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) => {
    const problems = Object.entries(lacking(spec, container)).filter(([, isBroken]) => isBroken);
    return problems.map(([remedy]) => `has a container ${container.name} that is not restricted; ${remedy}`);
  });
}

function lacking({ securityContext: pod = {} }: PodSpec, { securityContext: own = {}, ports }: Container) {
  const { add = [], drop = [] } = own.capabilities ?? {};
  const seccomp = (own.seccompProfile ?? pod.seccompProfile)?.type;
  return {
    'write allowPrivilegeEscalation: false': own.allowPrivilegeEscalation !== false,
    "write capabilities: { drop: ['ALL'] }": !drop.includes('ALL'),
    'add no capability': add.some((capability) => capability !== 'NET_BIND_SERVICE'),
    'write runAsNonRoot: true': (own.runAsNonRoot ?? pod.runAsNonRoot) !== true,
    'use another runAsUser than 0': (own.runAsUser ?? pod.runAsUser) === 0,
    "write seccompProfile: { type: 'RuntimeDefault' }":
      seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost',
    'leave privileged out': own.privileged === true,
    'leave hostPort out': (ports ?? []).some(({ hostPort }) => hostPort),
  };
}
