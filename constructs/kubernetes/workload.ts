import type { Construct } from 'constructs';
import type { ImagesModel } from '../../model/images.ts';
import { RECOMMENDED_LABELS } from '../../model/names.ts';
import type { PodOptions } from '../../model/pod-options.ts';
import type { Resources } from '../../model/topology.ts';
import * as k8s from './k8s.ts';
import { placement } from './pod-options.ts';
import { PROXY_RESOURCES } from './resources.ts';

/** The uid and gid of every container. The images name no user of their own that the kubelet could check. */
const UID = 1000;

/** Where every pod finds the Secrets that it signs in with: names and passwords, and a certificate. */
export const AUTH = '/etc/nats-auth';
export const TLS = '/etc/nats-tls';
export const MQTT_TLS = '/etc/nats-mqtt-tls';
export const ROUTE_TLS = '/etc/nats-route-tls';

/** What Linkerd's injector reads from a pod template. */
const forInjector = ({ requests, limits }: Resources, accessPolicy: 'deny' | 'audit') => ({
  'config.linkerd.io/proxy-cpu-request': requests.cpu,
  'config.linkerd.io/proxy-cpu-limit': limits.cpu,
  'config.linkerd.io/proxy-memory-request': requests.memory,
  'config.linkerd.io/proxy-memory-limit': limits.memory,
  // The namespace says the same, but a pod keeps what held when it was made: here a change rolls it.
  'config.linkerd.io/default-inbound-policy': accessPolicy,
  // Otherwise the proxy stops before the server does. Not every version has it by default, and this name is the one that
  // 2.18, 2.19 and 2.20 all read; 2.20 calls it deprecated in favour of the second.
  'config.alpha.linkerd.io/proxy-enable-native-sidecar': 'true',
  'config.linkerd.io/proxy-enable-native-sidecar': 'true',
});

/** The label by which Services, policies and people select a workload's pods. */
export const appLabel = (app: string) => ({ app });

/** That label, and what Kubernetes recommends for people and tools. Nothing selects by those. */
export const labels = (app: string, owner: Owner) => ({
  ...appLabel(app),
  [RECOMMENDED_LABELS.name]: app,
  [RECOMMENDED_LABELS.component]: COMPONENTS[owner],
  [RECOMMENDED_LABELS.partOf]: 'nats-mtls',
  [RECOMMENDED_LABELS.managedBy]: 'nats-mtls',
});

/** What a construct's pods are, in the word of their label. */
const COMPONENTS = {
  NatsBroker: 'broker',
  NatsLeaf: 'leaf',
  NatsStreams: 'streams',
  Publisher: 'publisher',
  Subscriber: 'subscriber',
};

/** Name of the construct that makes a workload. */
export type Owner = keyof typeof COMPONENTS;

/** A service account that has no token mounted and no role: it exists to be an identity in the mesh. */
export function serviceAccount(scope: Construct, name: string, namespace: string): k8s.KubeServiceAccount {
  return new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata: { name, namespace },
    automountServiceAccountToken: false,
  });
}

export interface PodProps {
  /** Name of the workload, its `app` label and its service account. */
  readonly app: string;
  readonly owner: Owner;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What Linkerd does with a connection to a port that no `Server` is about. */
  readonly accessPolicy: 'deny' | 'audit';
  readonly images: ImagesModel;
  /** What the operator says of the pods. */
  readonly options: PodOptions;
  /** Of a proxy that the options say nothing of. @default - 50m / 64Mi requested, 100m / 128Mi at most */
  readonly proxyResources?: Resources;
  /** Pods that share the work, which are spread. @default - there is one */
  readonly replicas?: number;
  readonly containers: k8s.Container[];
  readonly volumes: k8s.Volume[];
  readonly terminationGracePeriodSeconds: number;
  readonly shareProcessNamespace?: boolean;
}

/** A pod template that meets the `restricted` Pod Security level before Linkerd adds its own containers. */
export function podTemplate(props: PodProps): k8s.PodTemplateSpec {
  const { app, owner, annotations, accessPolicy, images, options, proxyResources, replicas, ...spec } = props;
  const proxy = options.proxyResources ?? proxyResources ?? PROXY_RESOURCES;
  return {
    metadata: {
      // The checks have seen that no option takes the place of what stands beside it.
      labels: { ...options.labels, ...labels(app, owner) },
      annotations: { ...options.annotations, ...forInjector(proxy, accessPolicy), ...annotations },
    },
    spec: {
      ...spec,
      ...placement(options, appLabel(app), replicas),
      containers: spec.containers.map((each) => ({ imagePullPolicy: images.pullPolicy, ...each })),
      imagePullSecrets:
        images.pullSecrets.length > 0 ? images.pullSecrets.map((name) => ({ name })) : undefined,
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
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...props,
  };
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
