/** How a leaf connects to the broker. */
export type LeafLink = NatsTlsLink | GatewayLink | PlaintextLink;

/** The leaf connects directly to the broker's addresses, with mutual TLS from NATS itself. */
export interface NatsTlsLink {
  /** Says which kind of link it is. */
  readonly kind: 'nats-tls';
}

/** The leaf connects through a Linkerd multicluster gateway, with NATS mutual TLS inside. */
export interface GatewayLink {
  /** Says which kind of link it is. */
  readonly kind: 'linkerd-gateway';
  /** Name of the Link on the leaf's cluster; a DNS label of at most 41 characters. */
  readonly linkName: string;
}

/** The leaf connects directly, without encryption. */
export interface PlaintextLink {
  /** Says which kind of link it is. */
  readonly kind: 'plaintext';
  /** Has to be written out, because whoever is on the way reads the messages and the leaf's password. */
  readonly insecurePlaintext: true;
}
