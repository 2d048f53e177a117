/** How a leaf reaches its broker: what `NatsBroker.acceptLeaf` hands out and `NatsLeaf` takes. */
export interface LeafEndpoint {
  /** Name of the broker's cluster. */
  readonly cluster: string;
  /** Hosts that it dials in turn until one answers. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Whether NATS itself does mutual TLS on the way. */
  readonly tls: boolean;
  /** Whether the broker is dialled as a meshed Service of the leaf's own cluster. */
  readonly meshed: boolean;
  /** NATS user of the leaf on the broker. */
  readonly user: string;
  /** Its password, by `passwordName`. */
  readonly password: string;
  /** What the packet filter has to let out. */
  readonly egress: { readonly networks: readonly string[] | 'anywhere'; readonly port: number };
}
