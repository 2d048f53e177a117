import type { Construct } from 'constructs';
import { BROKER, BROKER_EXTERNAL } from '../model/names.ts';
import type { ServerPort } from './server-ports.ts';
import { service } from './service.ts';
import { appLabel } from './workload.ts';

export interface ExternalServiceProps {
  /** Name of the server. */
  readonly name: string;
  readonly namespace: string;
  readonly ipv6: boolean;
  /** Ports with their NodePorts; those without one stay inside the cluster. */
  readonly ports: readonly (ServerPort & { readonly nodePort: number | undefined })[];
}

/** The Service by which a server is reached from outside its cluster, if any of its ports is open. */
export function externalService(scope: Construct, props: ExternalServiceProps): void {
  const { name, namespace } = props;
  const ports = props.ports.filter(({ nodePort }) => nodePort !== undefined);
  if (ports.length === 0) return;
  service(scope, 'external', {
    name: name === BROKER ? BROKER_EXTERNAL : `${name}-external`,
    app: name,
    namespace,
    labels: appLabel(name),
    ports,
    spec: {
      type: 'NodePort',
      // Keeps the caller's address, which the policies decide by.
      externalTrafficPolicy: 'Local',
      ipFamilyPolicy: props.ipv6 ? 'PreferDualStack' : undefined,
    },
  });
}
