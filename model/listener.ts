/** How a listener of the broker is reached from outside its cluster: by a NodePort, a load balancer, or not at all. */
export interface Listener {
  /** NodePort, 30000-32767, or `'closed'` for none. @default - 30422 for clients, 30722 for leaves */
  readonly nodePort?: number | 'closed';
  /**
   * Port of a load balancer in place of the NodePort, 1-65535: NATS has 4222 for clients and 7422 for leaves.
   * @default - the NodePort
   */
  readonly loadBalancerPort?: number;
  /** Whether NATS itself requires mutual TLS on it. @default true */
  readonly tls?: boolean;
  /** Has to be written out to open a listener without TLS to the outside. @default - refused */
  readonly insecurePlaintext?: true;
}

/**
 * The Service of type LoadBalancer through which listeners are reached. It passes on only connections from the
 * networks that the topology names, with the address of whoever dials.
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
 */
export interface LoadBalancer {
  /** Which of several implementations serves it, such as `service.k8s.aws/nlb`; fixed once applied. @default - the cluster's own */
  readonly className?: string;
  /** What that implementation reads, such as `metallb.io/address-pool`. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Whether each node opens a port for it too, of its own choosing. ServiceLB of k3s and most clouds' balancers come
   * through that port; MetalLB and Cilium need none.
   * @default true
   */
  readonly nodePorts?: boolean;
}
