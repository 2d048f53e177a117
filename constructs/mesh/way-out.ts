import { isIP } from 'node:net';
import type { Construct } from 'constructs';
import { EgressNetwork, EgressNetworkSpecTrafficPolicy } from '../../imports/policy.linkerd.io.ts';
import { hostCidr } from '../../model/rules/check-address.ts';

export interface WayOutProps {
  /** Name of the EgressNetwork: that of the cluster where it leads. */
  readonly name: string;
  readonly namespace: string;
  /** IP addresses and DNS names that are dialled. */
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
}

/**
 * Tells Linkerd that ports outside the cluster are opaque, so that the proxy does not wait for the first bytes to tell the
 * protocol by.
 * @see https://linkerd.io/2/reference/egress-network/
 */
export function declareWayOut(scope: Construct, { name, namespace, hosts, ports }: WayOutProps): void {
  const addresses = hosts.filter((host) => isIP(host));
  // What Linkerd takes for outside the cluster leaves private addresses out, so those are named beside it.
  const names = addresses.length < hosts.length;
  const declare = (id: string, called: string, networks?: { cidr: string }[]) =>
    new EgressNetwork(scope, id, {
      metadata: {
        name: called,
        namespace,
        annotations: { 'config.linkerd.io/opaque-ports': String(ports) },
      },
      spec: { trafficPolicy: EgressNetworkSpecTrafficPolicy.ALLOW, networks },
    });
  const networks = addresses.map((address) => ({ cidr: hostCidr(address) }));
  if (addresses.length > 0) declare(`way-out-${name}`, name, networks);
  if (names) declare(`way-out-${name}-by-name`, addresses.length > 0 ? `${name}-by-name` : name);
}
