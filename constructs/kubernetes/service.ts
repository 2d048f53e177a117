import type { Construct } from 'constructs';
import { opaquePorts, type ServerPort } from '../nats/server-ports.ts';
import * as k8s from './k8s.ts';
import { appLabel } from './workload.ts';

/** A port of a Service. */
export interface ServicePort extends ServerPort {
  /** Port of the pods. @default - the same */
  readonly targetPort?: number;
  readonly nodePort?: number;
}

export interface ServiceProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `app` label of the pods. @default - the Service's name */
  readonly app?: string;
  /** Name of the one pod that it leads to. @default - all of them */
  readonly pod?: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly ServicePort[];
  readonly spec: k8s.ServiceSpec;
}

/** Label by which a StatefulSet's controller tells its pods apart. */
export const POD_NAME = 'statefulset.kubernetes.io/pod-name';

/** A Service that tells Linkerd what each port carries, by `appProtocol` and, for mirrors and checks, by annotation. */
export function service(scope: Construct, id: string, props: ServiceProps): k8s.KubeService {
  return new k8s.KubeService(scope, id, {
    metadata: {
      name: props.name,
      namespace: props.namespace,
      labels: props.labels,
      annotations: { ...props.annotations, ...opaquePorts(props.ports) },
    },
    spec: {
      ...props.spec,
      selector: { ...appLabel(props.app ?? props.name), ...(props.pod && { [POD_NAME]: props.pod }) },
      ports: props.ports.map(({ name, port, protocol, targetPort = port, nodePort }) => ({
        name,
        port,
        nodePort,
        targetPort: k8s.IntOrString.fromNumber(targetPort),
        protocol: 'TCP',
        appProtocol: protocol === 'opaque' ? 'linkerd.io/opaque' : 'http',
      })),
    },
  });
}
