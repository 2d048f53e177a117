import { checkNodePort, type Place, refuse, shown } from './checks.ts';
import type { Listener, LoadBalancer } from './listener.ts';

/** Where a listener can be reached from outside its cluster. */
export interface Opening {
  readonly kind: 'NodePort' | 'LoadBalancer';
  readonly port: number;
}

/** A listener whose choices are made. */
export interface ResolvedListener {
  /** `undefined` if it cannot be reached from outside the cluster. */
  readonly opening: Opening | undefined;
  readonly tls: boolean;
}

/** The ports that a listener has unless told otherwise. */
interface DefaultPorts {
  readonly nodePort: number;
  readonly loadBalancerPort: number;
}

const CLIENT_PORTS: DefaultPorts = { nodePort: 30422, loadBalancerPort: 4222 };
const LEAF_PORTS: DefaultPorts = { nodePort: 30722, loadBalancerPort: 7422 };

/**
 * The client and leaf listeners of a broker.
 * @param at the place of a property of the broker
 * @throws InvalidInput if a port cannot be opened, or would be in clear text that nobody wrote out
 */
export function resolveListeners(
  at: (property: string) => Place,
  { clientListener, leafListener, loadBalancer }: BrokerListeners,
): { readonly clients: ResolvedListener; readonly leaves: ResolvedListener } {
  const clients = resolveListener(at, 'clientListener', clientListener, CLIENT_PORTS);
  const leaves = resolveListener(at, 'leafListener', leafListener, LEAF_PORTS);
  const { opening } = leaves;
  if (opening && opening.port === clients.opening?.port) {
    const property = opening.kind === 'NodePort' ? 'nodePort' : 'loadBalancerPort';
    const free = LEAF_PORTS[property] === opening.port ? 'another' : LEAF_PORTS[property];
    refuse(at(`leafListener.${property}`), `${opening.port} is taken by the client listener; use ${free}`);
  }
  if (loadBalancer !== undefined) {
    if (![clients, leaves].some((listener) => listener.opening?.kind === 'LoadBalancer')) {
      refuse(at('loadBalancer'), 'has no listener behind it; give one a `loadBalancerPort`, or leave it out');
    }
    checkLoadBalancer(at, loadBalancer);
  }
  return { clients, leaves };
}

export interface BrokerListeners {
  readonly clientListener?: Listener | undefined;
  readonly leafListener?: Listener | undefined;
  readonly loadBalancer?: LoadBalancer | undefined;
}

function resolveListener(
  at: (property: string) => Place,
  path: string,
  listener: Listener = {},
  ports: DefaultPorts,
): ResolvedListener {
  const property = (name: string) => at(`${path}.${name}`);
  const opening = openingOf(property, listener, ports);
  const tls = listener.tls ?? true;
  if (opening && !tls && !listener.insecurePlaintext) {
    const remedy = "leave `tls` out, set `nodePort: 'closed'`, or write `insecurePlaintext: true`";
    refuse(property('tls'), `false opens ${opening.kind} ${opening.port} to anyone's eyes; ${remedy}`);
  }
  if (tls && listener.insecurePlaintext) {
    refuse(property('insecurePlaintext'), 'true contradicts TLS; leave it out, or set `tls: false` as well');
  }
  return { opening, tls };
}

function openingOf(
  property: (name: string) => Place,
  { nodePort, loadBalancerPort }: Listener,
  ports: DefaultPorts,
): Opening | undefined {
  if (loadBalancerPort === undefined) {
    if (nodePort === 'closed') return undefined;
    const port = nodePort ?? ports.nodePort;
    return { kind: 'NodePort', port: checkNodePort(property('nodePort'), port, ports.nodePort) };
  }
  if (nodePort !== undefined) {
    refuse(
      property('loadBalancerPort'),
      `${shown(loadBalancerPort)} stands beside \`nodePort\`, and a listener has one way in; leave out one of the two`,
    );
  }
  if (!Number.isInteger(loadBalancerPort) || loadBalancerPort < 1 || loadBalancerPort > 65535) {
    refuse(
      property('loadBalancerPort'),
      `${shown(loadBalancerPort)} is not a port from 1 to 65535; use ${ports.loadBalancerPort}`,
    );
  }
  return { kind: 'LoadBalancer', port: loadBalancerPort };
}

/** A name with an optional domain before it, as Kubernetes has it for annotations and classes. */
const QUALIFIED_NAME = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$/i;

function checkLoadBalancer(
  at: (property: string) => Place,
  { className, annotations, nodePorts }: LoadBalancer,
) {
  const property = (name: string) => at(`loadBalancer.${name}`);
  if (className !== undefined && !QUALIFIED_NAME.test(className)) {
    refuse(
      property('className'),
      `${shown(className)} is not the name of a class; use for example service.k8s.aws/nlb`,
    );
  }
  if (nodePorts !== undefined && typeof nodePorts !== 'boolean')
    refuse(property('nodePorts'), `${shown(nodePorts)} is not a choice; use true or false`);
  if (annotations !== undefined && (typeof annotations !== 'object' || Array.isArray(annotations))) {
    refuse(
      property('annotations'),
      `${shown(annotations)} is no list of names and texts; use for example { 'metallb.io/address-pool': 'uplinks' }`,
    );
  }
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (!QUALIFIED_NAME.test(key)) {
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
}
