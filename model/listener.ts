/** How a listener of a server is reachable from outside its cluster: through a NodePort, a load balancer, or not at all. */
export interface Listener {
  /** NodePort, 30000-32767, or `'closed'` for none. @default - 30422 for clients, 30722 for leaves, 31883 for MQTT */
  readonly nodePort?: number | 'closed';
  /**
   * Port of a load balancer that replaces the NodePort, 1-65535. Usual are 4222 for clients, 7422 for leaves and 8883 for MQTT.
   * @default - no load balancer
   */
  readonly loadBalancerPort?: number;
  /** Whether NATS itself requires mutual TLS on this listener. @default true */
  readonly tls?: boolean;
  /** Required for a listener without TLS that is reachable from outside. @default - such a listener is refused */
  readonly insecurePlaintext?: true;
}

/**
 * The Service of type LoadBalancer for the listeners that have a `loadBalancerPort`. It forwards only connections from
 * the networks that the topology names, and keeps the caller's address.
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
 */
export interface LoadBalancer {
  /** `loadBalancerClass`, for example `service.k8s.aws/nlb`. Kubernetes does not let it change. @default - the cluster's default */
  readonly className?: string;
  /** Annotations of the Service, for example `metallb.io/address-pool`. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * `allocateLoadBalancerNodePorts`: whether each node opens a NodePort for it too. ServiceLB of k3s and most cloud load
   * balancers need that port; MetalLB and Cilium do not.
   * @default true
   */
  readonly nodePorts?: boolean;
}

/** Where a listener can be reached from outside its cluster. */
export interface Exposure {
  readonly kind: 'NodePort' | 'LoadBalancer';
  readonly port: number;
}

/** A listener with every choice made. */
export interface ListenerModel {
  /** `undefined` if it cannot be reached from outside the cluster. */
  readonly exposure: Exposure | undefined;
  readonly tls: boolean;
}

/** A load balancer with every choice made. */
export interface LoadBalancerModel {
  /** `undefined` for the cluster's own. */
  readonly className: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly nodePorts: boolean;
}
