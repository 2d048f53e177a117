import { podHosts } from '../../model/names.ts';
import type { ServerPort } from './server-ports.ts';
import type { ConfBlock } from './write-conf.ts';

/** Where the servers of one cluster meet. */
export const ROUTES: ServerPort = { name: 'cluster', port: 6222, protocol: 'opaque' };

export interface RoutesProps {
  readonly name: string;
  readonly namespace: string;
  /** Name of the Kubernetes cluster. A leaf and its broker may not have one name, so it is no constant. */
  readonly cluster: string;
  readonly replicas: number;
}

/**
 * How several servers of one broker or leaf find each other. Who may join is the mesh's business. Clients are told of no
 * pod address. A server that is alone has none: as a cluster of one it would wait for others without end.
 * @see https://docs.nats.io/running-a-nats-service/configuration/clustering
 */
export const routes = ({ name, namespace, cluster, replicas }: RoutesProps): ConfBlock | undefined =>
  replicas > 1
    ? {
        name: cluster,
        port: ROUTES.port,
        no_advertise: true,
        routes: podHosts(name, namespace, replicas).map((host) => `nats://${host}:${ROUTES.port}`),
      }
    : undefined;
