import { type ContainerSpec, type EnvVar, find, type KeyRef, type KubeObject, values } from '../manifest.ts';

/** What a pod's fields say to its containers. */
export interface PodFacts {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
  readonly hostIp: string;
  readonly serviceAccount: string;
}

/** What the container runtime sets before image and manifest do. */
export const runtimeEnv = (pod: PodFacts) => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOSTNAME: pod.name,
  HOME: '/',
});

/** The variables of a container's manifest, resolved as the kubelet does. */
export function environment(container: ContainerSpec, pod: PodFacts, objects: readonly KubeObject[]) {
  if (container.envFrom)
    throw new Error(`Container \`${container.name}\`: envFrom cannot be run here; use env.`);
  const env: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = resolved(variable, pod, objects, env);
    if (value !== undefined) env[variable.name] = value;
  }
  return env;
}

/** Replaces `$(NAME)` by the variable, and `$$(NAME)` by `$(NAME)`; an unknown name stays as it is. */
export function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name) => (match === '$$' ? '$' : (env[name] ?? match)));
}

function resolved(
  variable: EnvVar,
  pod: PodFacts,
  objects: readonly KubeObject[],
  env: Record<string, string>,
) {
  const from = variable.valueFrom;
  if (!from) return expand(variable.value ?? '', env);
  if (from.fieldRef) return field(variable.name, from.fieldRef.fieldPath, pod);
  if (from.secretKeyRef) return key('Secret', from.secretKeyRef, pod, objects);
  if (from.configMapKeyRef) return key('ConfigMap', from.configMapKeyRef, pod, objects);
  throw new Error(`Variable \`${variable.name}\`: ${Object.keys(from)} cannot be run here.`);
}

function field(variable: string, path: string, pod: PodFacts): string {
  const fields: Record<string, string> = {
    'metadata.name': pod.name,
    'metadata.namespace': pod.namespace,
    'spec.serviceAccountName': pod.serviceAccount,
    'status.podIP': pod.ip,
    'status.hostIP': pod.hostIp,
  };
  const value = fields[path];
  if (value === undefined) throw new Error(`Variable \`${variable}\`: the field ${path} cannot be run here.`);
  return value;
}

function key(kind: string, ref: KeyRef, pod: PodFacts, objects: readonly KubeObject[]): string | undefined {
  try {
    const value = values(find(objects, kind, pod.namespace, ref.name)).get(ref.key);
    if (value === undefined) throw new Error(`${kind} \`${ref.name}\` has no key \`${ref.key}\`.`);
    return value.toString();
  } catch (error) {
    if (ref.optional) return undefined;
    throw error;
  }
}
