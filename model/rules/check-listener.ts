import { checkNodePort, type Place, refuse, shown } from '../checks.ts';
import type { LeafLink } from '../leaf-link.ts';
import type { Exposure, Listener, ListenerModel, LoadBalancer, LoadBalancerModel } from '../listener.ts';
import type { Mqtt, MqttModel } from '../mqtt.ts';
import type { BrokerCluster } from '../topology.ts';
import { isQualifiedName } from './qualified-name.ts';

/** The ports that a listener has unless told otherwise. */
export interface DefaultPorts {
  readonly nodePort: number;
  readonly loadBalancerPort: number;
}

/** What is wrong with a port of a listener that is none. */
export const notANodePort = ({ nodePort }: Pick<DefaultPorts, 'nodePort'>) =>
  `is outside the NodePort range 30000-32767; use ${nodePort}`;
export const notAPort = ({ loadBalancerPort }: DefaultPorts) =>
  `is not a port from 1 to 65535; use ${loadBalancerPort}`;

export const CLIENT_PORTS: DefaultPorts = { nodePort: 30422, loadBalancerPort: 4222 };
export const LEAF_PORTS: DefaultPorts = { nodePort: 30722, loadBalancerPort: 7422 };
export const MQTT_PORTS: DefaultPorts = { nodePort: 31883, loadBalancerPort: 8883 };
export const ROUTE_PORTS: DefaultPorts = { nodePort: 30622, loadBalancerPort: 6222 };

/**
 * The client and leaf listeners of a broker.
 * @param at the place of a property of the broker
 * @throws InvalidInput if a port cannot be opened, or would be in clear text that nobody wrote out
 */
export function resolveListeners(
  at: (property: string) => Place,
  { clientListener, leafListener, loadBalancer, routes }: BrokerListeners,
): BrokerListenerModels {
  const clients = resolveListener(at, 'clientListener', clientListener, CLIENT_PORTS);
  const leaves = resolveListener(at, 'leafListener', leafListener, LEAF_PORTS);
  const { exposure } = leaves;
  if (exposure && exposure.port === clients.exposure?.port) {
    const property = exposure.kind === 'NodePort' ? 'nodePort' : 'loadBalancerPort';
    const free = LEAF_PORTS[property] === exposure.port ? 'another' : LEAF_PORTS[property];
    refuse(at(`leafListener.${property}`), `${exposure.port} is taken by the client listener; use ${free}`);
  }
  const behind = [clients, leaves, { exposure: routes }];
  return { clients, leaves, loadBalancer: resolveLoadBalancer(at, loadBalancer, behind) };
}

/**
 * Where each site of a broker lets in the routes of the others.
 * @param at the place of a property of the broker
 * @throws InvalidInput if that is no port, or there are two ways in
 */
export function resolveRoutes(
  at: (property: string) => Place,
  { routeNodePort: nodePort, routeLoadBalancerPort: loadBalancerPort }: RoutePorts,
): Exposure {
  const names = { nodePort: 'routeNodePort', loadBalancerPort: 'routeLoadBalancerPort' };
  return exposureOf(at, names, { nodePort, loadBalancerPort }, ROUTE_PORTS)!;
}

/** How devices reach a leaf that speaks MQTT. @param at the place of a property of its `mqtt` */
export function resolveMqttListener(
  at: (property: string) => Place,
  { listener, loadBalancer }: Pick<Mqtt, 'listener' | 'loadBalancer'>,
): Pick<MqttModel, 'listener' | 'loadBalancer'> {
  const model = resolveListener(at, 'listener', listener, MQTT_PORTS);
  return { listener: model, loadBalancer: resolveLoadBalancer(at, loadBalancer, [model]) };
}

/**
 * Refuses a leaf whose link does not fit the leaf listener.
 * @param link the place of the link, and what to write instead
 */
export function checkLeafDialled(
  at: (property: string) => Place,
  { tls, exposure }: ListenerModel,
  { kind }: LeafLink,
  cluster: string,
  link: { readonly link: Place; readonly remedy: (tls: boolean) => string },
): void {
  if ((kind !== 'plaintext') !== tls) {
    const listener = tls ? 'asks for TLS' : 'is in plain text';
    refuse(
      link.link,
      `"${kind}" of ${cluster} does not fit the leaf listener, which ${listener}; ${link.remedy(tls)}`,
    );
  }
  if (kind !== 'linkerd-gateway' && exposure === undefined) {
    refuse(
      at('leafListener.nodePort'),
      `is closed, but ${cluster} dials it; use 30722, or link it through a gateway`,
    );
  }
}

/** Refuses a client or device outside the mesh that nothing lets in. @param path the property of the listener */
export function checkDialled(
  at: (property: string) => Place,
  path: string,
  { exposure }: ListenerModel,
  who: string,
  { nodePort }: DefaultPorts,
): void {
  if (exposure === undefined)
    refuse(at(`${path}.nodePort`), `is closed, but the ${who} dials it; use ${nodePort}`);
}

export interface BrokerListenerModels {
  readonly clients: ListenerModel;
  readonly leaves: ListenerModel;
  readonly loadBalancer: LoadBalancerModel | undefined;
}

export interface BrokerListeners {
  readonly clientListener?: Listener | undefined;
  readonly leafListener?: Listener | undefined;
  readonly loadBalancer?: LoadBalancer | undefined;
  /** Where the routes of other sites come in. @default - there are none */
  readonly routes?: Exposure | undefined;
}

type RoutePorts = Pick<BrokerCluster, 'routeNodePort' | 'routeLoadBalancerPort'>;

/** A listener with every choice made. @param path the property of the listener */
function resolveListener(
  at: (property: string) => Place,
  path: string,
  listener: Listener = {},
  ports: DefaultPorts,
): ListenerModel {
  const property = (name: string) => at(`${path}.${name}`);
  const exposure = exposureOf(property, PORT_NAMES, listener, ports);
  const tls = listener.tls ?? true;
  if (exposure && !tls && !listener.insecurePlaintext) {
    const remedy = "leave `tls` out, set `nodePort: 'closed'`, or write `insecurePlaintext: true`";
    refuse(property('tls'), `false opens ${exposure.kind} ${exposure.port} to anyone's eyes; ${remedy}`);
  }
  if (tls && listener.insecurePlaintext) {
    refuse(property('insecurePlaintext'), 'true contradicts TLS; leave it out, or set `tls: false` as well');
  }
  return { exposure, tls };
}

const PORT_NAMES = { nodePort: 'nodePort', loadBalancerPort: 'loadBalancerPort' };

/** @param names what the two properties are called there */
function exposureOf(
  property: (name: string) => Place,
  names: typeof PORT_NAMES,
  { nodePort, loadBalancerPort }: Pick<Listener, 'nodePort' | 'loadBalancerPort'>,
  ports: DefaultPorts,
): Exposure | undefined {
  if (loadBalancerPort === undefined) {
    if (nodePort === 'closed') return undefined;
    const port = nodePort ?? ports.nodePort;
    return { kind: 'NodePort', port: checkNodePort(property(names.nodePort), port, ports.nodePort) };
  }
  if (nodePort !== undefined) {
    refuse(
      property(names.loadBalancerPort),
      `${shown(loadBalancerPort)} stands beside \`${names.nodePort}\`, and a listener has one way in; leave out one of the two`,
    );
  }
  if (!Number.isInteger(loadBalancerPort) || loadBalancerPort < 1 || loadBalancerPort > 65535) {
    refuse(property(names.loadBalancerPort), `${shown(loadBalancerPort)} ${notAPort(ports)}`);
  }
  return { kind: 'LoadBalancer', port: loadBalancerPort };
}

export const NOT_A_CLASS = 'is not the name of a class; use for example service.k8s.aws/nlb';
export const NOT_ANNOTATIONS =
  "is no list of names and texts; use for example { 'metallb.io/address-pool': 'uplinks' }";

/** A load balancer with every choice made. @param listeners those that may be behind it */
function resolveLoadBalancer(
  at: (property: string) => Place,
  loadBalancer: LoadBalancer | undefined,
  listeners: readonly Pick<ListenerModel, 'exposure'>[],
): LoadBalancerModel | undefined {
  if (loadBalancer === undefined) return undefined;
  const { className, annotations = {}, nodePorts = true } = loadBalancer;
  if (!listeners.some(({ exposure }) => exposure?.kind === 'LoadBalancer'))
    refuse(at('loadBalancer'), 'has no listener behind it; give one a `loadBalancerPort`, or leave it out');
  const property = (name: string) => at(`loadBalancer.${name}`);
  if (className !== undefined && !isQualifiedName(className)) {
    refuse(property('className'), `${shown(className)} ${NOT_A_CLASS}`);
  }
  if (typeof nodePorts !== 'boolean')
    refuse(property('nodePorts'), `${shown(nodePorts)} is not a choice; use true or false`);
  if (typeof annotations !== 'object' || Array.isArray(annotations)) {
    refuse(property('annotations'), `${shown(annotations)} ${NOT_ANNOTATIONS}`);
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (!isQualifiedName(key.toLowerCase())) {
      refuse(
        property('annotations'),
        `${shown(key)} is not the name of an annotation; use for example metallb.io/address-pool`,
      );
    }
    if (key.includes('linkerd.io/'))
      refuse(
        property('annotations'),
        `${shown(key)} is how Linkerd is told what the ports carry; leave it out`,
      );
    if (typeof value !== 'string')
      refuse(property('annotations'), `${shown(key)} is ${shown(value)} and not a text; write it in quotes`);
  }
  return { className, annotations, nodePorts };
}
