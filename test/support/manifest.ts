/** The parts of Kubernetes objects that the pods here are run from. Anything else in a manifest is not read. */
import type { KubernetesObject } from '../../constructs/kubernetes/object.ts';

export type KubeObject = KubernetesObject;

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec: PodSpec;
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly shareProcessNamespace?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly restartPolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly Volume[];
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
}

export interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly readOnlyRootFilesystem?: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly securityContext?: SecurityContext;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
}

export interface Handler {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly sleep?: { readonly seconds: number };
}

export type Probe = Pick<Handler, 'exec' | 'httpGet'>;

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: KeyRef;
    readonly configMapKeyRef?: KeyRef;
  };
}

export interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface KeyFile {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

export interface Source {
  readonly name?: string;
  readonly secretName?: string;
  readonly items?: readonly KeyFile[];
  readonly optional?: boolean;
  readonly defaultMode?: number;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: object;
  readonly configMap?: Source;
  readonly secret?: Source;
  readonly projected?: {
    readonly defaultMode?: number;
    readonly sources: readonly { readonly configMap?: Source; readonly secret?: Source }[];
  };
}

export interface WorkloadSpec {
  readonly template: PodTemplate;
  readonly serviceName?: string;
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

export interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Record<string, string>;
  readonly ports?: readonly {
    readonly port: number;
    readonly targetPort?: number | string;
    readonly nodePort?: number;
  }[];
}

/** The named object of a namespace. Throws where there is none. */
export function find(
  objects: readonly KubeObject[],
  kind: string,
  namespace: string,
  name: string,
): KubeObject {
  const object = objects.find(
    (o) => o.kind === kind && o.metadata.name === name && (o.metadata.namespace ?? 'default') === namespace,
  );
  if (!object) throw new Error(`${kind} \`${namespace}/${name}\` is not among the objects of the cluster.`);
  return object;
}

/** What a Secret or a ConfigMap holds, decoded. */
export function values(object: KubeObject): Map<string, Buffer> {
  const encoding = object.kind === 'Secret' ? 'base64' : 'utf8';
  const entries = Object.entries(object.data ?? {}).map(
    ([key, text]) => [key, Buffer.from(text, encoding)] as const,
  );
  const plain = Object.entries(object.stringData ?? {}).map(
    ([key, text]) => [key, Buffer.from(text)] as const,
  );
  return new Map([...entries, ...plain]);
}
