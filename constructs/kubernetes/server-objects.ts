import type { Construct } from 'constructs';
import type { ImagesModel } from '../../model/images.ts';
import type { JetStreamModel } from '../../model/jetstream.ts';
import { headless, serverName } from '../../model/names.ts';
import type { PodOptions } from '../../model/pod-options.ts';
import type { Resources } from '../../model/topology.ts';
import { CONFIG_CHECKSUM, CONFIG_FILE, configChecksum } from '../nats/config-file.ts';
import { opaquePorts, type ServerPort } from '../nats/server-ports.ts';
import { configReloader } from './config-reloader.ts';
import type { Exporter } from './exporter.ts';
import * as k8s from './k8s.ts';
import {
  goMemoryLimit,
  RELOADER_RESOURCES,
  resourceRequirements,
  serverProxyResources,
} from './resources.ts';
import { DATA, STORE_DIR, StatefulSet, volumeClaim } from './server-volumes.ts';
import { service } from './service.ts';
import {
  AUTH,
  appLabel,
  container,
  emptyVolume,
  labels as labelsOf,
  type Owner,
  podTemplate,
  readOnly,
  secretVolume,
  serviceAccount,
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
  readonly images: ImagesModel;
  readonly replicas: number;
  /** Whether there are servers of the same NATS cluster elsewhere. */
  readonly hasSites: boolean;
  readonly resources: Resources;
  readonly owner: Owner;
  readonly pods: PodOptions;
  readonly accessPolicy: 'deny' | 'audit';
  readonly ports: readonly ServerPort[];
  readonly config: string;
  readonly authSecret: string;
  /** Volumes with certificates, and where each is mounted. */
  readonly tls: readonly { readonly volume: k8s.Volume; readonly folder: string }[];
  /** Volume of each server for its streams. @default - none */
  readonly storage: JetStreamModel['storage'] | undefined;
  readonly exporter: Exporter;
}

/** The Kubernetes objects that every nats-server has. */
export interface ServerObjects {
  readonly statefulSet: k8s.KubeStatefulSet;
  /** For clients in the same cluster. */
  readonly service: k8s.KubeService;
  /** Gives each pod a DNS name of its own. */
  readonly headlessService: k8s.KubeService;
  /** Holds `nats.conf`. */
  readonly configMap: k8s.KubeConfigMap;
  readonly serviceAccount: k8s.KubeServiceAccount;
}

/** Makes them, and a disruption budget where there are several servers. */
export function serverObjects(scope: Construct, props: ServerObjectsProps): ServerObjects {
  const { name, namespace } = props;
  const labels = labelsOf(name, props.owner);
  const account = serviceAccount(scope, name, namespace);
  const configMap = new k8s.KubeConfigMap(scope, 'config', {
    metadata: { name: `${name}-config`, namespace },
    data: { [CONFIG_FILE]: props.config },
  });
  const clients = service(scope, 'service', { ...props, labels, spec: {} });
  const headlessService = service(scope, 'headless', {
    ...props,
    name: headless(name),
    app: name,
    labels,
    // Peers look each other up before they are ready.
    spec: { clusterIp: 'None', publishNotReadyAddresses: true },
  });
  if (props.replicas > 1) {
    new k8s.KubePodDisruptionBudget(scope, 'disruption-budget', {
      metadata: { name, namespace },
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: appLabel(name) } },
    });
  }
  const statefulSet = new StatefulSet(scope, 'stateful-set', {
    metadata: { name, namespace, labels },
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
  return { statefulSet, service: clients, headlessService, configMap, serviceAccount: account };
}

function serverPod(props: ServerObjectsProps): k8s.PodTemplateSpec {
  const mounts = [readOnly('config', CONFIG), readOnly('auth', AUTH)];
  const volumes: k8s.Volume[] = [
    { name: 'config', configMap: { name: `${props.name}-config` } },
    secretVolume('auth', props.authSecret),
  ];
  for (const { volume, folder } of props.tls) {
    mounts.push(readOnly(volume.name, folder));
    volumes.push(volume);
  }
  const run = { name: 'run', mountPath: RUN };
  const data = props.storage ? [{ name: DATA, mountPath: STORE_DIR }] : [];
  return podTemplate({
    app: props.name,
    accessPolicy: props.accessPolicy,
    images: props.images,
    owner: props.owner,
    options: props.pods,
    proxyResources: serverProxyResources(props.resources),
    replicas: props.replicas,
    annotations: {
      ...opaquePorts(props.ports),
      [CONFIG_CHECKSUM]: configChecksum(props.config),
      ...props.exporter.annotations,
    },
    terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
    shareProcessNamespace: true,
    volumes: [...volumes, emptyVolume('run', '1Mi')],
    containers: [
      container({
        name: 'nats',
        image: props.images.natsServer,
        args: ['--config', `${CONFIG}/${CONFIG_FILE}`],
        env: [
          // The API server adds a version that is left out, and an apply from the server's side then conflicts with it.
          { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
          // Two servers of one name would evict each other without end (nats-io/nats-server#4939).
          { name: 'SERVER_NAME', value: serverName(props.cluster) },
          { name: 'GOMEMLIMIT', value: goMemoryLimit(props.resources.limits.memory) },
        ],
        ports: props.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
        volumeMounts: [...mounts, run, ...data],
        resources: resourceRequirements(props.resources),
        // Caught up with the others, whom a site that is cut off would wait for in vain, and be killed for it.
        startupProbe: health(props.hasSites ? SERVES : '/healthz', {
          periodSeconds: 2,
          failureThreshold: 60,
        }),
        readinessProbe: health(SERVES, { periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: health('/healthz?js-enabled-only=true', { periodSeconds: 30, failureThreshold: 3 }),
        // A lame duck hands its clients to the other servers. One that is alone would close them and then stay for its grace
        // period, in which nobody is served.
        lifecycle:
          props.replicas > 1
            ? { preStop: { exec: { command: ['nats-server', '--signal', `ldm=${PID_FILE}`] } } }
            : undefined,
      }),
      configReloader({
        image: props.images.reloader,
        folders: [AUTH, ...props.tls.map(({ folder }) => folder)],
        pidFile: PID_FILE,
        resources: props.pods.reloaderResources ?? RELOADER_RESOURCES,
        volumeMounts: [...mounts, { ...run, readOnly: true }],
      }),
      ...props.exporter.containers,
    ],
  });
}

/** Whether the server itself serves, whatever has become of its streams. */
const SERVES = '/healthz?js-server-only=true';

/** Plain HTTP on the monitoring port, which Linkerd lets the kubelet do for exactly these paths. */
const health = (path: string, timing: Pick<k8s.Probe, 'periodSeconds' | 'failureThreshold'>): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString('monitor') },
  timeoutSeconds: 5,
  ...timing,
});
