import type { Exposure } from '../model/listener.ts';
import type { Identity } from './objects.ts';
import type { KnownUser } from './workloads.ts';

/** One network connection between two principals: who proves what to whom, who encrypts, and what admits it. */
export interface Hop {
  /**
   * - `client`: a workload dials the NATS server of its cluster.
   * - `leaf`: a leaf dials the broker.
   * - `route`: the servers of one broker or leaf dial each other, perhaps from another site.
   * - `probe`: the kubelet looks after a server, within the node.
   * - `externalCaller`: somebody whom a policy admits and no manifest here describes, such as a scraper.
   */
  readonly kind: 'client' | 'leaf' | 'route' | 'probe' | 'externalCaller';
  readonly from: Caller;
  readonly to: Callee;
  /** Hosts and ports as the caller dials them, one after the other until one answers; none if no manifest says. */
  readonly dials: readonly string[];
  /** The Service that leads from there to the port. @default - none, or several */
  readonly service: string | undefined;
  /** Where it comes into the cluster from outside. @default - it does not, or through a gateway */
  readonly exposure: Exposure | undefined;
  /** Linkerd's gateway, which stands between caller and callee. @default - none */
  readonly gateway: Identity | undefined;
  readonly callerProves: readonly Proof[];
  readonly calleeProves: readonly Proof[];
  /** From the outside to the inside. */
  readonly encryptedBy: readonly Encryption[];
  readonly admission: readonly Admission[];
  /** NATS users as which the caller may sign in. */
  readonly users: readonly KnownUser[];
}

/** A workload, or with no cluster somebody outside of all. */
export interface Caller {
  readonly cluster: string | undefined;
  readonly name: string;
  /** @default - the namespace of the callee */
  readonly namespace?: string;
}

export interface Callee {
  readonly cluster: string;
  readonly name: string;
  readonly port: number | string;
}

export type Encryption = 'Linkerd' | 'NATS';

export type Proof =
  | { readonly kind: 'identity'; readonly identity: Identity }
  | { readonly kind: 'certificate' }
  | { readonly kind: 'password' }
  | { readonly kind: 'address'; readonly networks: readonly string[] };

export const CERTIFICATE: Proof = { kind: 'certificate' };
export const PASSWORD: Proof = { kind: 'password' };
export const identity = (of: { readonly identity: Identity }): Proof => ({
  kind: 'identity',
  identity: of.identity,
});

/** One layer that a connection has to pass, and the policies that let it; with none, it does not pass. */
export interface Admission {
  readonly layer: 'way out' | 'way in' | 'mesh';
  readonly kind: 'NetworkPolicy' | 'AuthorizationPolicy' | 'probe path';
  readonly cluster: string;
  readonly policies: readonly string[];
}

/** Stands for a name where several have each their own. */
export const EACH = '(its own)';

/** Whether it comes from outside the callee's cluster. */
export const isFromOutside = ({ from, to }: Hop) => from.cluster !== to.cluster;

/** Whether somebody who listens on the network between two machines can read it. */
export const isInClear = (hop: Hop) => hop.encryptedBy.length === 0 && hop.kind !== 'probe';

/** Layers at which nothing lets the hop pass. */
export const gaps = (hop: Hop) => hop.admission.filter(({ policies }) => policies.length === 0);
