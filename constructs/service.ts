import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { opaquePorts, type ServerPort } from './server-ports.ts';
import { appLabel } from './workload.ts';

export interface ServiceProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `app` label of the pods. @default - the Service's name */
  readonly app?: string;
  readonly ports: readonly (ServerPort & { readonly nodePort?: number | undefined })[];
  readonly spec: k8s.ServiceSpec;
}

/** A Service that tells Linkerd what each port carries, by `appProtocol` and, for mirrors and checks, by annotation. */
export function service(scope: Construct, id: string, props: ServiceProps): void {
  new k8s.KubeService(scope, id, {
    metadata: {
      name: props.name,
      namespace: props.namespace,
      labels: props.labels,
      annotations: opaquePorts(props.ports),
    },
    spec: {
      ...props.spec,
      selector: appLabel(props.app ?? props.name),
      ports: props.ports.map(({ name, port, protocol, nodePort }) => ({
        name,
        port,
        nodePort,
        targetPort: k8s.IntOrString.fromNumber(port),
        protocol: 'TCP',
        appProtocol: protocol === 'opaque' ? 'linkerd.io/opaque' : 'http',
      })),
    },
  });
}
