/** What Linkerd calls its parts and where they listen, as far as the manifests name them. */

/** Namespace of Linkerd's control plane. */
export const LINKERD = 'linkerd';

/** The annotation that has Linkerd add its proxy to a pod, or to every pod of a namespace. */
export const INJECT = 'linkerd.io/inject';

/** Ports of the control plane that every proxy dials: identity, destination, policy. */
export const CONTROL_PLANE_PORTS: readonly number[] = [8080, 8086, 8090];

/**
 * Where a proxy takes connections from other proxies, whatever port they are meant for (linkerd/linkerd2#15246). It is so
 * from Linkerd 2.18 on, unless that is installed with `proxy.outboundTransportMode: transparent`.
 */
export const PROXY_INBOUND = 4143;

/** Where a proxy shows its own metrics. */
export const PROXY_ADMIN = { name: 'linkerd-admin', port: 4191 } as const;

/** As whom the gateway of Linkerd multicluster dials, and where it is dialled. */
export const GATEWAY = { serviceAccount: 'linkerd-gateway', namespace: 'linkerd-multicluster' } as const;
export const GATEWAY_PORT = 4143;

/** The label, with the value `'true'`, that gives a Service to the clusters which mirror this one. */
export const EXPORTED = 'mirror.linkerd.io/exported';
