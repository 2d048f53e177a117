import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { Construct } from 'constructs';
import { bytes } from '../model/quantities.ts';
import type { Resources } from '../model/topology.ts';

/** The uid and gid of every container. The images name no user of their own that the kubelet could check. */
const UID = 1000;

/** Where every pod finds the Secrets that it signs in with: names and passwords, and a certificate. */
export const AUTH = '/etc/nats-auth';
export const TLS = '/etc/nats-tls';

/** What the seed gives each proxy; Linkerd's injector reads these annotations from the pod template. */
const PROXY_RESOURCES = {
  'config.linkerd.io/proxy-cpu-request': '50m',
  'config.linkerd.io/proxy-cpu-limit': '100m',
  'config.linkerd.io/proxy-memory-request': '64Mi',
  'config.linkerd.io/proxy-memory-limit': '128Mi',
};

/** The label by which Services, policies and people select a workload's pods. */
export const appLabel = (app: string) => ({ app });

/** A service account that has no token mounted and no role: it exists to be an identity in the mesh. */
export function serviceAccount(scope: Construct, name: string, namespace: string): void {
  new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata: { name, namespace },
    automountServiceAccountToken: false,
  });
}

export interface PodProps {
  /** Name of the workload, its `app` label and its service account. */
  readonly app: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers: k8s.Container[];
  readonly volumes: k8s.Volume[];
  readonly terminationGracePeriodSeconds: number;
  readonly shareProcessNamespace?: boolean;
  readonly topologySpreadConstraints?: k8s.TopologySpreadConstraint[];
}

/** A pod template that meets the `restricted` Pod Security level before Linkerd adds its own containers. */
export function podTemplate(props: PodProps): k8s.PodTemplateSpec {
  const { app, annotations, ...spec } = props;
  return {
    metadata: { labels: appLabel(app), annotations: { ...PROXY_RESOURCES, ...annotations } },
    spec: {
      ...spec,
      serviceAccountName: app,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: UID,
        runAsGroup: UID,
        fsGroup: UID,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  };
}

/** A container that cannot write to its root, cannot gain privileges, and has no capability. */
export function container(props: k8s.Container): k8s.Container {
  return {
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...props,
  };
}

/** Requests and limits as the Kubernetes API wants them. */
export function resourceRequirements({ requests, limits }: Resources): k8s.ResourceRequirements {
  const quantities = ({ cpu, memory }: Resources['limits']) => ({
    cpu: k8s.Quantity.fromString(cpu),
    memory: k8s.Quantity.fromString(memory),
  });
  return { requests: quantities(requests), limits: quantities(limits) };
}

/** A Secret as a read-only volume: readable by the pod's group only, followed when it changes. */
export const secretVolume = (name: string, secretName: string): k8s.Volume => ({
  name,
  secret: { secretName, defaultMode: 0o440 },
});

/** Scratch space, since the root is read-only. */
export const emptyVolume = (name: string, sizeLimit: string): k8s.Volume => ({
  name,
  emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) },
});

/** A mounted folder that the container only reads. */
export const readOnly = (name: string, mountPath: string): k8s.VolumeMount => ({
  name,
  mountPath,
  readOnly: true,
});

/** Four fifths of a container's limit, in bytes, so that Go collects before the kernel kills. */
export const goMemoryLimit = (limit: string) => String(Math.floor(bytes(limit) * 0.8));
