import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Exposure, LoadBalancerModel } from '../../model/listener.ts';
import { balanced, external } from '../../model/names.ts';
import type { ServerPort } from '../nats/server-ports.ts';
import type * as k8s from './k8s.ts';
import { type ServicePort, service } from './service.ts';
import { labels, type Owner } from './workload.ts';

/** A port, and how it is reached from outside its cluster. One that is not stays inside. */
export type OutsidePort = ServerPort & { readonly exposure: Exposure | undefined };

export interface ExternalServicesProps {
  /** Name of the server. */
  readonly name: string;
  readonly owner: Owner;
  readonly namespace: string;
  readonly ipv6: boolean;
  readonly ports: readonly OutsidePort[];
  readonly loadBalancer: LoadBalancerModel | undefined;
  /** What the load balancer passes on; filled until synthesis. While it is empty, that is left to the policies. */
  readonly sourceRanges: ReadonlySet<string>;
}

/** The Services by which a server is reached from outside its cluster: one of its NodePorts, one of its load balancer. */
export function externalServices(scope: Construct, props: ExternalServicesProps): void {
  const { className, annotations, nodePorts } = props.loadBalancer ?? {};
  externalService(scope, props, {
    id: 'external',
    name: external(props.name),
    ports: opened(props, 'NodePort').map(({ port, at }) => ({ ...port, nodePort: at })),
    spec: { type: 'NodePort' },
  });
  externalService(scope, props, {
    id: 'balancer',
    name: balanced(props.name),
    annotations,
    ports: opened(props, 'LoadBalancer').map(({ port, at }) => ({
      ...port,
      port: at,
      targetPort: port.port,
    })),
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: className,
      loadBalancerSourceRanges: Lazy.any({ produce: () => sourceRanges(props.sourceRanges) }),
      allocateLoadBalancerNodePorts: nodePorts === false ? false : undefined,
    },
  });
}

export interface ExternalService {
  readonly id: string;
  readonly name: string;
  /** Name of the one pod that it leads to. @default - all pods of the server */
  readonly pod?: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly ServicePort[];
  readonly spec: k8s.ServiceSpec;
}

/** A Service that is reached from outside the cluster. */
export function externalService(
  scope: Construct,
  { name: app, owner, namespace, ipv6 }: Pick<ExternalServicesProps, 'name' | 'owner' | 'namespace' | 'ipv6'>,
  { id, spec, ...props }: ExternalService,
): void {
  if (props.ports.length === 0) return;
  service(scope, id, {
    ...props,
    app,
    namespace,
    labels: labels(app, owner),
    spec: {
      ...spec,
      // Keeps the caller's address, which the policies decide by.
      externalTrafficPolicy: 'Local',
      ipFamilyPolicy: ipv6 ? 'PreferDualStack' : undefined,
    },
  });
}

const opened = ({ ports }: ExternalServicesProps, kind: Exposure['kind']) =>
  ports.flatMap(({ exposure, ...port }) => (exposure?.kind === kind ? [{ port, at: exposure.port }] : []));

/** The API server drops an empty list, and every later `kubectl diff` would show it; every address is no limit. */
const sourceRanges = (networks: ReadonlySet<string>) =>
  networks.size === 0 || networks.has('0.0.0.0/0') ? undefined : [...networks];
