/**
 * Names that more than one part of the product must agree on. Each is made here and nowhere else: the constructs
 * place them, the certificates cover them.
 */

/** Namespace of the NATS workloads unless the topology says otherwise. */
export const DEFAULT_NAMESPACE = 'nats-system';

/** NetworkPolicy that denies what no other one allows, in a namespace where each workload has one of its own name. */
export const DEFAULT_DENY = 'default-deny';

/** Default NATS user name of a publisher or subscriber. */
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

/** Folder, within that of a cluster, of what clients in a namespace of their own need there. */
export const CLIENTS_FOLDER = 'clients';
export const clientsFolder = (namespace: string) => `${CLIENTS_FOLDER}/${namespace}`;

/** Folder, within that, of the NetworkPolicies for a namespace that denies egress by default. */
export const EGRESS = 'egress';

/** Folder, within that of a cluster or of a client's namespace, of encrypted Secrets. */
export const SECRETS_FOLDER = 'secrets';

/** File of the objects that have Secrets brought from a store. It is applied after the namespace, by name. */
export const STORE_SECRETS = 'nats-external-secrets';

/** What a client in a namespace of its own finds there: its Secret, and the NetworkPolicy by which it gets out. */
export const clientObject = (client: string) => `nats-${client}`;

/** The Service with a server's NodePorts, by which it is reached from outside its cluster. */
export const external = (server: string) => `${server}-external`;

/** The Service of a server that has a load balancer in front of it. */
export const balanced = (server: string) => `${server}-balancer`;

/** The headless Service that gives each pod of a server its own DNS name. */
export const headless = (server: string) => `${server}-headless`;

/** What a server calls itself, by its cluster and its pod. @default - the kubelet puts the pod's own name in */
export const serverName = (cluster: string, pod = '$(POD_NAME)') => `${cluster}-${pod}`;

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

/** NATS certificate that a leaf shows to MQTT devices, and after the server's name its Secret. */
export const mqttCertificate = (cluster: string) => certificateName(cluster, `${LEAF}-mqtt`);

/** As whom the servers of the broker's sites know each other. Whoever has a certificate of that name joins them. */
export const ROUTE_USER = `${BROKER}-route`;

/** NATS certificate that a site's server shows to those of the other sites, and after the server's name its Secret. */
export const routeCertificate = (cluster: string) => certificateName(cluster, ROUTE_USER);

/** NATS user of the system account, for monitoring by a person. */
export const SYSTEM_USER = 'sys';

/** NATS user of `npm run doctor`, which sends one message from the broker to every leaf. */
export const DOCTOR_USER = 'doctor';

/** Where that message goes. No subject of the topology may begin like it. */
export const DOCTOR_SUBJECTS = '_DOCTOR.>';

/** File name, without ending, of a workload's NATS certificate in `certs/issued/`. */
export const certificateName = (cluster: string, workload: string) => `${cluster}-${workload}`;

/** File name, without ending, of the Linkerd trust anchor that clusters share. */
export const ANCHOR = 'ca';

/** File name, without ending, of the Linkerd trust anchor of one cluster alone. */
export const ownAnchor = (cluster: string) => certificateName(cluster, ANCHOR);

/** File name, without ending, of the CA that signs NATS certificates and nothing else. */
export const NATS_CA = 'nats-ca';

/** Names of the root that comes, and of the one that goes, while a root is rotated. */
export const nextName = (root: string) => `${root}-next`;
export const previousName = (root: string) => `${root}-previous`;

/** `Issuer` of cert-manager, Secret with the CA that it signs with, and after the cluster's name that CA's certificate. */
export const NATS_ISSUER = 'nats-issuer';

/** Name of the old and the new root together, which Linkerd gets while its anchor is rotated. */
export const bundleName = (root: string) => `${root}-bundle`;

/** Names that an anchor takes in the course of its rotation, its own first. */
export const anchorNames = (anchor: string): readonly [string, ...string[]] => [
  anchor,
  ...[nextName(anchor), previousName(anchor), bundleName(anchor)],
];

/**
 * Names that no certificate of any topology may have. Whatever bears one is trusted as a root, or is overwritten when
 * a root is rotated.
 */
export const RESERVED_CERTIFICATES: ReadonlySet<string> = new Set([
  ...anchorNames(ANCHOR),
  ...[NATS_CA, nextName(NATS_CA), previousName(NATS_CA)],
]);

/** Key of a user's password in `certs/issued/passwords.json`: the cluster whose server knows the user, and the user. */
export const passwordName = (cluster: string, user: string) => `${cluster}/${user}`;

/** Key, in the same file, of what shows whether an encrypted Secret is still the same. No user is called so: it has no cluster. */
export const SOPS_KEY = 'sops';

/** Service with the leaf port alone, which Linkerd multicluster may mirror to other clusters. */
export const exportedName = (server: string) => `${server}-leafnodes`;

/** Service, in a leaf's cluster, that Linkerd mirrors it to. */
export const mirrorName = (server: string, linkName: string) => `${exportedName(server)}-${linkName}`;

/** DNS name of a Service within its cluster. */
export const serviceHost = (service: string, namespace: string) =>
  `${service}.${namespace}.svc.cluster.local`;

/** Name of one of a StatefulSet's pods. */
export const podName = (server: string, i: number) => `${server}-${i}`;

/** Names of a StatefulSet's pods. */
export const podNames = (server: string, replicas: number) =>
  Array.from({ length: replicas }, (_, i) => podName(server, i));

/** Service by which other sites reach the routes of one server. */
export const routeService = (server: string, i: number) => `${server}-route-${i}`;

/** DNS names of a StatefulSet's pods, which its headless Service gives. */
export const podHosts = (server: string, namespace: string, replicas: number) =>
  podNames(server, replicas).map((pod) => `${pod}.${serviceHost(headless(server), namespace)}`);

/**
 * Labels that every workload has for people and tools.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export const RECOMMENDED_LABELS = {
  name: 'app.kubernetes.io/name',
  component: 'app.kubernetes.io/component',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;
