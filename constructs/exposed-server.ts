import type { Construct } from 'constructs';
import type { ListenerModel, LoadBalancerModel } from '../model/listener.ts';
import { checkNetworks } from '../model/rules/check-network.ts';
import { externalServices, type OutsidePort } from './kubernetes/external-services.ts';
import { cidrs } from './mesh/mesh-listener.ts';
import type { ServerPort } from './nats/server-ports.ts';
import type { ServerRole } from './nats/server-role.ts';
import { NatsServer, type NatsServerProps } from './nats-server.ts';

export interface ExposedServerProps extends NatsServerProps {
  /** Whether the cluster is dual-stack. @default false */
  readonly ipv6?: boolean;
}

/** A port, and how it is reached from outside its cluster. */
export const outside = (port: ServerPort, { exposure }: Pick<ListenerModel, 'exposure'>): OutsidePort => ({
  ...port,
  exposure,
});

/** A nats-server with ports that can be reached from outside its cluster. */
export abstract class ExposedServer extends NatsServer {
  /** Networks that the load balancer passes on. */
  private readonly balanced = new Set<string>();
  protected readonly ipv6: boolean;

  protected constructor(scope: Construct, id: string, props: ExposedServerProps, role: ServerRole) {
    super(scope, id, props, role);
    this.ipv6 = props.ipv6 ?? false;
  }

  /** Makes the Services that lead from outside to these ports. */
  protected expose(ports: readonly OutsidePort[], loadBalancer: LoadBalancerModel | undefined): void {
    const { name, owner, namespace, balanced, ipv6 } = this;
    externalServices(this, {
      ...{ name, owner, namespace: namespace.name, ports, loadBalancer, ipv6 },
      sourceRanges: balanced,
    });
  }

  /** Lets addresses outside the mesh connect to a port. */
  protected admitOutside(
    { name, port, exposure }: OutsidePort,
    networks: readonly string[] | 'anywhere' | undefined,
    who: string,
  ): void {
    const checked = checkNetworks({ owner: this.owner, property: 'networks' }, networks, who, this.ipv6);
    this.admit(name, { networks: checked }, [port]);
    if (exposure?.kind === 'LoadBalancer') for (const cidr of cidrs(checked)) this.balanced.add(cidr);
  }
}
