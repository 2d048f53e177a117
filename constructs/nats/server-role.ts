import { certificateName, routeCertificate } from '../../model/names.ts';
import { ROUTE_TLS, TLS } from '../kubernetes/workload.ts';
import type { RequiredSecret } from '../required-secret.ts';
import type { Permissions } from './accounts.ts';
import type { SiteRoutes } from './routes.ts';
import type { ServerPort } from './server-ports.ts';
import type { ConfBlock } from './write-conf.ts';

/** A NATS certificate of a server, which the Secret `<server>-<volume>` brings. */
export interface ServerCertificate {
  readonly volume: 'tls' | 'mqtt-tls' | 'route-tls';
  /** Where it is mounted. */
  readonly folder: string;
  /** Name of the certificate. */
  readonly name: string;
  /** What it is for. */
  readonly purpose: 'server certificate' | 'client certificate' | 'MQTT certificate' | 'route certificate';
}

/** The certificate that a server has by its own name. */
export const ownCertificate = (
  cluster: string,
  server: string,
  purpose: ServerCertificate['purpose'],
): ServerCertificate => ({ volume: 'tls', folder: TLS, name: certificateName(cluster, server), purpose });

/** The certificate by which the server of one site joins those of the others. */
export const siteCertificate = (cluster: string): ServerCertificate => ({
  ...{ volume: 'route-tls', folder: ROUTE_TLS, name: routeCertificate(cluster) },
  purpose: 'route certificate',
});

/** What makes a server a broker or a leaf. */
export interface ServerRole {
  readonly owner: 'NatsBroker' | 'NatsLeaf';
  readonly name: string;
  /** Ports beside the client and monitoring ports. */
  readonly ports: readonly ServerPort[];
  /** What `nats.conf` holds beside what every server has. */
  readonly config: ConfBlock;
  /** Its NATS certificates, each in a Secret of its own. */
  readonly certificates: readonly ServerCertificate[];
  /** Whether the client listener asks for a client certificate. */
  readonly clientTls: boolean;
  /** The broker's servers in other Kubernetes clusters. @default - there are none */
  readonly sites?: SiteRoutes | undefined;
  /** What the user of `npm run doctor` may do here. */
  readonly doctor: Permissions;
  /** Further keys of the mounted Secret that holds the accounts. */
  readonly secretKeys?: RequiredSecret['keys'];
}
