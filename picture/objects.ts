/** The fields of Kubernetes objects that the picture is read from. */
import type { KubernetesObject } from '../constructs/kubernetes/object.ts';
import { POD_NAME } from '../constructs/kubernetes/service.ts';
import { EXPORTED } from '../constructs/mesh/linkerd.ts';
import type { Exposure } from '../model/listener.ts';

export type Labels = Readonly<Record<string, string>>;

export type Manifest = KubernetesObject;

export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly exported: boolean;
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  readonly port: number;
  /** Port of the pods. */
  readonly target: number;
  /** Where it is reached from outside the cluster. @default - nowhere */
  readonly exposure?: Exposure;
}

/** Linkerd's `Server`: a port of some pods, and what happens to a connection that nothing allows. */
export interface PolicedPort {
  readonly name: string;
  readonly selector: Labels;
  readonly port: number | string;
}

/** An AuthorizationPolicy with the principals of the authentication that it requires. */
export interface Authorization {
  readonly name: string;
  readonly server: string;
  readonly identities: readonly Identity[];
  readonly networks: readonly string[];
}

/** A service account, which Linkerd's proxies prove to each other. */
export interface Identity {
  readonly name: string;
  readonly namespace: string;
}

export interface PacketRule {
  readonly peers: readonly Peer[];
  readonly ports: readonly (number | string)[];
}

export interface Peer {
  readonly pods?: Labels;
  readonly namespace?: string;
  readonly cidr?: string;
}

export interface PacketFilter {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly ingress: readonly PacketRule[];
  readonly egress: readonly PacketRule[];
}

/** Whether pods of these labels are meant; one pod stands for all of its workload. */
export const selects = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => key === POD_NAME || labels[key] === value);

const ofKind = (objects: readonly Manifest[], kind: string) =>
  objects.filter((object) => object.kind === kind);

export const services = (objects: readonly Manifest[]): Service[] =>
  ofKind(objects, 'Service').map(({ metadata, spec }) => ({
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    selector: spec.selector,
    exported: metadata.labels?.[EXPORTED] === 'true',
    ports: spec.ports.map(({ port, targetPort = port, nodePort }: Record<string, number>) => ({
      port,
      target: targetPort,
      exposure: opening(spec.type, port as number, nodePort),
    })),
  }));

/** A load balancer may come through NodePorts too, but those are the cluster's to choose. */
function opening(type: string | undefined, port: number, nodePort: number | undefined): Exposure | undefined {
  if (type === 'LoadBalancer') return { kind: type, port };
  return nodePort === undefined ? undefined : { kind: 'NodePort', port: nodePort };
}

export const policedPorts = (objects: readonly Manifest[]): PolicedPort[] =>
  ofKind(objects, 'Server').map(({ metadata, spec }) => ({
    name: metadata.name,
    selector: spec.podSelector.matchLabels ?? {},
    port: spec.port,
  }));

export function authorizations(objects: readonly Manifest[]): Authorization[] {
  const of = (kind: string, name: string) =>
    ofKind(objects, kind).find(({ metadata }) => metadata.name === name)?.spec;
  return ofKind(objects, 'AuthorizationPolicy').map(({ metadata, spec }) => {
    const refs: { kind: string; name: string }[] = spec.requiredAuthenticationRefs;
    const specs = refs.map(({ kind, name }) => of(kind, name));
    return {
      name: metadata.name,
      server: spec.targetRef.name,
      identities: specs.flatMap((authentication) => authentication?.identityRefs ?? []),
      networks: specs
        .flatMap((authentication) => authentication?.networks ?? [])
        .map(({ cidr }: { cidr: string }) => cidr),
    };
  });
}

export const packetFilters = (objects: readonly Manifest[]): PacketFilter[] =>
  ofKind(objects, 'NetworkPolicy').map(({ metadata, spec }) => ({
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    selector: spec.podSelector.matchLabels ?? {},
    ingress: rules(spec.ingress, 'from'),
    egress: rules(spec.egress, 'to'),
  }));

// biome-ignore lint/suspicious/noExplicitAny: ingress and egress rules differ in the name of one field.
const rules = (from: any[] | undefined, side: 'from' | 'to'): PacketRule[] =>
  // A rule without ports and peers is that of an audited namespace, which the page says of the whole namespace.
  (from ?? [])
    .filter((rule) => rule.ports)
    .map((rule) => ({
      ports: rule.ports.map(({ port }: { port: number | string }) => port),
      peers: rule[side].map((peer: Record<string, { matchLabels: Labels; cidr: string }>) => ({
        pods: peer.podSelector?.matchLabels,
        namespace: peer.namespaceSelector?.matchLabels['kubernetes.io/metadata.name'],
        cidr: peer.ipBlock?.cidr,
      })),
    }));
