/**
 * Names that more than one part of the product must agree on. Each is made here and nowhere else: the constructs
 * place them, the certificates cover them.
 */

/** Namespace of the NATS workloads unless the topology says otherwise. */
export const DEFAULT_NAMESPACE = 'nats-system';

/** NetworkPolicy that denies what no other one allows, in a namespace where each workload has one of its own name. */
export const DEFAULT_DENY = 'default-deny';

/** NATS user of the seed's publisher and subscriber. */
export const DEFAULT_USER = 'natsuser';

/** Secret with the name and password of `natsuser`, and the beginning of the name for any other user's. */
export const AUTH_SECRET = 'nats-auth';

/** Service, StatefulSet, service account and `app` label of the broker. */
export const BROKER = 'nats-broker';

/** Service, StatefulSet, service account and `app` label of a leaf. */
export const LEAF = 'nats-leaf';

/** Deployment, service account and NATS user that keep a cluster's streams as the topology describes them. */
export const STREAMS = 'nats-streams';

/** Folder, within that of a cluster, of the objects for the Prometheus Operator and Grafana. */
export const MONITORING = 'monitoring';

/** The Service with a server's NodePorts, by which it is reached from outside its cluster. */
export const external = (server: string) => `${server}-external`;

/** The Service of a server that has a load balancer in front of it. */
export const balanced = (server: string) => `${server}-balancer`;

/** The headless Service that gives each pod of a server its own DNS name. */
export const headless = (server: string) => `${server}-headless`;

/** Every name under which pods of the same cluster may dial a server's Services. */
export function serviceNames(server: string, namespace: string): string[] {
  const service = `${server}.${namespace}.svc`;
  const pods = `*.${headless(server)}.${namespace}.svc`;
  return [
    server,
    `${server}.${namespace}`,
    service,
    `${service}.cluster.local`,
    pods,
    `${pods}.cluster.local`,
  ];
}

/** NATS user, on the broker, of the leaf in a cluster. */
export const leafUser = (cluster: string) => `leaf-${cluster}`;

/** Where a user's replies arrive, so that nobody can listen to another's. */
export const inboxPrefix = (user: string) => `_INBOX_${user}`;

/** NATS user of the system account, for monitoring by a person. */
export const SYSTEM_USER = 'sys';

/** NATS user of `npm run doctor`, which sends one message from the broker to every leaf. */
export const DOCTOR_USER = 'doctor';

/** Where that message goes. No subject of the topology may begin like it. */
export const DOCTOR_SUBJECTS = '_DOCTOR.>';

/** File name, without ending, of a workload's NATS certificate in `certs/issued/`. */
export const certificateName = (cluster: string, workload: string) => `${cluster}-${workload}`;

/** Key of a user's password in `certs/issued/passwords.json`: the cluster whose server knows the user, and the user. */
export const passwordName = (cluster: string, user: string) => `${cluster}/${user}`;

/** Service, in a leaf's cluster, that Linkerd mirrors the broker's to. */
export const mirrorName = (service: string, linkName: string) => `${service}-${linkName}`;

/** DNS name of a Service within its cluster. */
export const serviceHost = (service: string, namespace: string) =>
  `${service}.${namespace}.svc.cluster.local`;

/** DNS names of a StatefulSet's pods, which its headless Service gives. */
export const podHosts = (server: string, namespace: string, replicas: number) =>
  Array.from({ length: replicas }, (_, i) => `${server}-${i}.${serviceHost(headless(server), namespace)}`);
