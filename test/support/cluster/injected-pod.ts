import { createHash } from 'node:crypto';
import type { KubeObject } from '../manifest.ts';
import type { ApiObject } from './api-client.ts';
import type { LinkerdInstall } from './linkerd-install.ts';
import type { ContainerStatus, PodStatus } from './pod-status.ts';

/** How Linkerd's proxy injector changes pods. */
export interface Injection {
  readonly install: LinkerdInstall;
  /** Whether the proxy is an init container that stays, as from edge-26.5.2 on (linkerd/linkerd2#15267). */
  readonly nativeSidecar: boolean;
  /** What the namespace says of ports without a `Server`. */
  readonly inboundPolicy: string;
}

const INIT = 'linkerd-init';
const PROXY = 'linkerd-proxy';

/**
 * The Pod object as Linkerd's injector makes it, as far as others look at it: names, images, ports, probes, the trust
 * anchors. Only the object: no proxy runs here, and the pod's traffic goes as if there were no mesh.
 */
export function injected(
  pod: ApiObject,
  workload: KubeObject,
  { install, nativeSidecar, inboundPolicy }: Injection,
): ApiObject {
  const { version, anchors } = install;
  const spec = pod.spec as { containers: object[]; initContainers?: object[]; volumes: object[] };
  const sidecars = [{ name: INIT, image: 'cr.l5d.io/linkerd/proxy-init:v2.4.3' }];
  const proxy = proxyContainer(install, inboundPolicy);
  const { initContainers = [] } = spec;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...pod.metadata.labels,
        'linkerd.io/control-plane-ns': 'linkerd',
        'linkerd.io/workload-ns': pod.metadata.namespace ?? '',
        [`linkerd.io/proxy-${workload.kind.toLowerCase()}`]: workload.metadata.name,
      },
      annotations: {
        ...pod.metadata.annotations,
        'linkerd.io/created-by': `linkerd/proxy-injector ${version}`,
        'linkerd.io/inject': 'enabled',
        'linkerd.io/proxy-version': version,
        'linkerd.io/trust-root-sha256': createHash('sha256').update(anchors).digest('hex'),
      },
    },
    spec: {
      ...spec,
      ...(nativeSidecar
        ? { initContainers: [...sidecars, { ...proxy, restartPolicy: 'Always' }, ...initContainers] }
        : { initContainers: [...sidecars, ...initContainers], containers: [proxy, ...spec.containers] }),
      volumes: [
        ...spec.volumes,
        { name: 'linkerd-identity-end-entity', emptyDir: { medium: 'Memory' } },
        { name: 'linkerd-identity-token', projected: { sources: [{ serviceAccountToken: TOKEN }] } },
      ],
    },
  };
}

const TOKEN = { audience: 'identity.l5d.io', expirationSeconds: 86_400, path: 'linkerd-identity-token' };

const proxyContainer = ({ version, anchors }: LinkerdInstall, inboundPolicy: string) => ({
  name: PROXY,
  image: `cr.l5d.io/linkerd/proxy:${version}`,
  env: [
    { name: 'LINKERD2_PROXY_INBOUND_DEFAULT_POLICY', value: inboundPolicy },
    { name: 'LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS', value: anchors },
  ],
  ports: [
    { name: 'linkerd-proxy', containerPort: 4143 },
    { name: 'linkerd-admin', containerPort: 4191 },
  ],
  livenessProbe: { httpGet: { path: '/live', port: 4191 } },
  readinessProbe: { httpGet: { path: '/ready', port: 4191 } },
  volumeMounts: [
    { name: 'linkerd-identity-end-entity', mountPath: '/var/run/linkerd/identity/end-entity' },
    { name: 'linkerd-identity-token', mountPath: '/var/run/secrets/tokens' },
  ],
});

/** The pod's status with that of a proxy that has nothing to complain of. */
export function withProxy(status: PodStatus, { install, nativeSidecar }: Injection) {
  const common = { imageID: '', ready: true, restartCount: 0, lastState: {} };
  const init: ContainerStatus = {
    ...common,
    ...{ name: INIT, image: '', started: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
  };
  const proxy: ContainerStatus = {
    ...common,
    ...{ name: PROXY, image: `cr.l5d.io/linkerd/proxy:${install.version}`, started: true },
    state: { running: {} },
  };
  return nativeSidecar
    ? { ...status, initContainerStatuses: [init, proxy] }
    : {
        ...status,
        initContainerStatuses: [init],
        containerStatuses: [proxy, ...status.containerStatuses],
      };
}
