/** The clusters, and what follows from their place in the list. */
import { join } from 'node:path';

export interface Settings {
  readonly name: string;
  /** Address of the one node, and of the router beside it. */
  readonly address: string;
  readonly gateway: string;
  /** Where this machine reaches the API server, and its own end of that link. */
  readonly control: string;
  readonly controlPeer: string;
  readonly pods: string;
  readonly nodePods: string;
  readonly services: string;
  /** First address of the Services, which is that of the API server, and the one of DNS. */
  readonly apiService: string;
  readonly dns: string;
}

const nodes = [
  { name: 'vm-a', address: '1.1.1.1' },
  { name: 'vm-b', address: '2.2.2.2' },
  { name: 'vm-c', address: '3.3.3.3' },
];

export const clusters: readonly Settings[] = nodes.map(({ name, address }, i) => ({
  name,
  address,
  gateway: address.replace(/\d+$/, '254'),
  control: `198.19.0.${4 * i + 2}`,
  controlPeer: `198.19.0.${4 * i + 1}`,
  pods: `10.${42 + 2 * i}.0.0/16`,
  nodePods: `10.${42 + 2 * i}.0.0/24`,
  services: `10.${96 + 2 * i}.0.0/16`,
  apiService: `10.${96 + 2 * i}.0.1`,
  dns: `10.${96 + 2 * i}.0.10`,
}));

/** The network namespace of a cluster's node, or of the router between them. */
export const namespaceOf = (name: string) => `nm-${name}`;
export const ROUTER = namespaceOf('wan');

/** Everything of the clusters that are up: certificates, logs, their data. `down` removes it. */
export const STATE = '/var/lib/nats-mtls-clusters';
export const KUBECONFIG = `${STATE}/kubeconfig`;
export const stateOf = (name: string) => join(STATE, name);
