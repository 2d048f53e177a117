import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { Construct } from 'constructs';
import type { JetStream } from '../model/jetstream.ts';
import { headless } from '../model/names.ts';
import type { Resources } from '../model/topology.ts';
import { configReloader } from './config-reloader.ts';
import type { Exporter } from './exporter.ts';
import { DATA, STORE_DIR, volumeClaim } from './jetstream-server.ts';
import { opaquePorts, type ServerPort } from './server-ports.ts';
import { service } from './service.ts';
import {
  AUTH,
  appLabel,
  container,
  emptyVolume,
  goMemoryLimit,
  podTemplate,
  readOnly,
  resourceRequirements,
  secretVolume,
  serviceAccount,
  TLS,
} from './workload.ts';

const CONFIG = '/etc/nats-config';
const RUN = '/var/run/nats';
export const PID_FILE = `${RUN}/nats.pid`;

/** Longer than the lame duck's 30 seconds, so that the kubelet does not kill a server while it drains (nats-io/k8s#994). */
const TERMINATION_GRACE_SECONDS = 60;

export interface ServerObjectsProps {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly image: string;
  readonly replicas: number;
  readonly resources: Resources;
  readonly ports: readonly ServerPort[];
  readonly config: string;
  readonly configChecksum: string;
  readonly authSecret: string;
  readonly tlsSecret: string | undefined;
  readonly serviceLabels: Readonly<Record<string, string>>;
  /** Volume of each server for its streams. @default - none */
  readonly storage: JetStream['storage'] | undefined;
  readonly exporter: Exporter;
}

/** The Kubernetes objects that every nats-server has: ConfigMap, Services, StatefulSet, service account. */
export function serverObjects(scope: Construct, props: ServerObjectsProps): void {
  const { name, namespace } = props;
  serviceAccount(scope, name, namespace);
  new k8s.KubeConfigMap(scope, 'config', {
    metadata: { name: `${name}-config`, namespace },
    data: { 'nats.conf': props.config },
  });
  service(scope, 'service', { ...props, labels: { ...appLabel(name), ...props.serviceLabels }, spec: {} });
  service(scope, 'headless', {
    ...props,
    name: headless(name),
    app: name,
    labels: appLabel(name),
    // Peers look each other up before they are ready.
    spec: { clusterIp: 'None', publishNotReadyAddresses: true },
  });
  if (props.replicas > 1) {
    new k8s.KubePodDisruptionBudget(scope, 'disruption-budget', {
      metadata: { name, namespace },
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: appLabel(name) } },
    });
  }
  new k8s.KubeStatefulSet(scope, 'stateful-set', {
    metadata: { name, namespace, labels: appLabel(name) },
    spec: {
      replicas: props.replicas,
      serviceName: headless(name),
      // One after another would wait for a readiness that needs the others (nats-io/k8s#594).
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: appLabel(name) },
      template: serverPod(props),
      volumeClaimTemplates: props.storage && [volumeClaim(props.storage)],
    },
  });
}

function serverPod(props: ServerObjectsProps): k8s.PodTemplateSpec {
  const mounts = [readOnly('config', CONFIG), readOnly('auth', AUTH)];
  const volumes: k8s.Volume[] = [
    { name: 'config', configMap: { name: `${props.name}-config` } },
    secretVolume('auth', props.authSecret),
  ];
  if (props.tlsSecret) {
    mounts.push(readOnly('tls', TLS));
    volumes.push(secretVolume('tls', props.tlsSecret));
  }
  const run = { name: 'run', mountPath: RUN };
  const data = props.storage ? [{ name: DATA, mountPath: STORE_DIR }] : [];
  return podTemplate({
    app: props.name,
    annotations: {
      ...opaquePorts(props.ports),
      'checksum/nats.conf': props.configChecksum,
      ...props.exporter.annotations,
    },
    terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
    shareProcessNamespace: true,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        // A cluster of one node still runs them all.
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: appLabel(props.name) },
      },
    ],
    volumes: [...volumes, emptyVolume('run', '1Mi')],
    containers: [
      container({
        name: 'nats',
        image: props.image,
        args: ['--config', `${CONFIG}/nats.conf`],
        env: [
          { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          // Two servers of one name would evict each other without end (nats-io/nats-server#4939).
          { name: 'SERVER_NAME', value: `${props.cluster}-$(POD_NAME)` },
          { name: 'GOMEMLIMIT', value: goMemoryLimit(props.resources.limits.memory) },
        ],
        ports: props.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
        volumeMounts: [...mounts, run, ...data],
        resources: resourceRequirements(props.resources),
        startupProbe: health('/healthz', { periodSeconds: 2, failureThreshold: 60 }),
        readinessProbe: health('/healthz?js-server-only=true', { periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: health('/healthz?js-enabled-only=true', { periodSeconds: 30, failureThreshold: 3 }),
        lifecycle: { preStop: { exec: { command: ['nats-server', '--signal', `ldm=${PID_FILE}`] } } },
      }),
      configReloader({
        image: props.image,
        folders: props.tlsSecret ? [AUTH, TLS] : [AUTH],
        pidFile: PID_FILE,
        volumeMounts: [...mounts, { ...run, readOnly: true }],
      }),
      ...props.exporter.containers,
    ],
  });
}

/** Plain HTTP on the monitoring port, which Linkerd lets the kubelet do for exactly these paths. */
const health = (path: string, timing: Pick<k8s.Probe, 'periodSeconds' | 'failureThreshold'>): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString('monitor') },
  timeoutSeconds: 5,
  ...timing,
});
