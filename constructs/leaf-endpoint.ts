/** How a leaf reaches its broker. `NatsBroker.acceptLeaf` returns it, and `NatsLeaf` takes it. */
export interface LeafEndpoint {
  /** Name of the broker's cluster. */
  readonly cluster: string;
  /** Hosts that it tries until one answers. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Whether NATS itself does mutual TLS on this hop. */
  readonly tls: boolean;
  /** Whether the leaf connects to a meshed Service of its own cluster (a Linkerd gateway link). */
  readonly meshed: boolean;
  /** NATS user name of the leaf on the broker. */
  readonly user: string;
  /** Its password, by `passwordName`. */
  readonly password: string;
  /** What the leaf's NetworkPolicy must allow. */
  readonly egress: { readonly networks: readonly string[] | 'anywhere'; readonly port: number };
}
