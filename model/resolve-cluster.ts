/** Clusters of a topology that has been checked, with every choice made. */
import { certificatesModel } from './certificates.ts';
import type { Client, ClientModel } from './client.ts';
import {
  CLIENT_RESOURCES,
  consumerModel,
  copies,
  jetStreamModel,
  monitoringModel,
  SERVER_RESOURCES,
  streamModel,
} from './defaults.ts';
import { consumers, leafLink, leafNetworks, readsStream, serverCount, workloadUser } from './implied.ts';
import type { BrokerModel, CommonModel, LeafModel, UserModel, WorkloadModel } from './model.ts';
import { deviceSubjects } from './mqtt-topics.ts';
import {
  ANCHOR,
  BROKER,
  certificateName,
  DOCTOR_USER,
  LEAF,
  leafUser,
  ownAnchor,
  passwordName,
  STREAMS,
  SYSTEM_USER,
} from './names.ts';
import { type PodOptions, podsModel } from './pod-options.ts';
import { mqttModel } from './resolve-mqtt.ts';
import { NO_SETTINGS } from './server-settings.ts';
import type { Cluster, LeafCluster, Workload } from './topology.ts';

/** @param path of the leaf in the topology */
export function resolveLeaf(leaf: LeafCluster, broker: BrokerModel, path: string): LeafModel {
  const common = resolveCommon(leaf, LEAF);
  const { publishers, subscribers, clients } = common;
  const all = [...publishers, ...subscribers, ...clients];
  const mqtt = mqttModel(leaf, path);
  const devices = mqtt?.devices ?? [];
  const ofDevices = devices.map(deviceSubjects);
  const unique = (subjects: string[]) => [...new Set(subjects)];
  return {
    ...common,
    role: 'leaf',
    mqtt,
    users: [
      ...common.users,
      ...devices.map((device) =>
        userModel(
          leaf.name,
          'device',
          device.name,
          mqtt?.certificate && certificateName(leaf.name, device.name),
        ),
      ),
    ],
    mirrors: (leaf.mirrors ?? []).map((name) => ({
      ...streamOf(broker, name),
      replicas: copies(common.replicas),
    })),
    link: leafLink(leaf),
    networks: leafNetworks(leaf) ?? [],
    certificate: leafCertificate(leaf),
    user: leafUserModel(broker.name, leaf),
    publish: unique([
      ...publishers.map(({ subject }) => subject),
      ...all.flatMap(({ publish }) => publish),
      ...ofDevices.flatMap(({ publish }) => publish),
    ]),
    subscribe: unique([
      // A subscriber with a stream reads what is in its own cluster already.
      ...subscribers.flatMap(({ subject, stream }) => (stream === undefined ? [subject] : [])),
      ...all.flatMap(({ subscribe }) => subscribe),
      ...ofDevices.flatMap(({ subscribe }) => subscribe),
    ]),
    acknowledged: [
      ...publishers.flatMap(({ stream, user }) => (stream === undefined ? [] : [user])),
      // Whatever of it a stream of the broker cluster stores is acknowledged, whether or not it names that stream.
      ...clients.flatMap(({ publish, user }) => (publish.length > 0 ? [user] : [])),
    ],
  };
}

const streamOf = ({ streams }: BrokerModel, name: string) => streams.find((stream) => stream.name === name)!;

const leafCertificate = (leaf: LeafCluster) =>
  leafLink(leaf).kind === 'plaintext' ? undefined : certificateName(leaf.name, LEAF);

/** @param cluster whose servers know the user */
export const userModel = (
  cluster: string,
  kind: UserModel['kind'],
  name: string,
  certificate: string | undefined,
): UserModel => ({ name, kind, password: passwordName(cluster, name), certificate });

export const leafUserModel = (broker: string, leaf: LeafCluster): UserModel =>
  userModel(broker, 'leaf', leafUser(leaf.name), leafCertificate(leaf));

export function resolveCommon(
  cluster: Cluster,
  server: typeof BROKER | typeof LEAF,
): Omit<CommonModel, 'mirrors'> {
  const { name, replicas = 1 } = cluster;
  const publishers = (cluster.publishers ?? []).map((workload) => workloadModel(workload, cluster.pods));
  const subscribers = (cluster.subscribers ?? []).map((workload) => workloadModel(workload, cluster.pods));
  const clients = (cluster.clients ?? []).map(clientModel);
  // Only the broker's listener for clients asks for a certificate.
  const certificate = (client: string) => (server === BROKER ? certificateName(name, client) : undefined);
  const user = (kind: UserModel['kind'], client: string, user = client) =>
    userModel(name, kind, user, certificate(client));
  return {
    name,
    address: cluster.address,
    issuer: cluster.issuer,
    anchor: cluster.trustAnchor === 'own' ? ownAnchor(name) : ANCHOR,
    server,
    replicas,
    resources: cluster.resources ?? SERVER_RESOURCES,
    serverSettings: { ...NO_SETTINGS, ...cluster.serverSettings },
    controllerResources: cluster.controllerResources ?? CLIENT_RESOURCES,
    pods: podsModel(cluster.pods),
    serverPods: podsModel(cluster.pods, cluster.serverPods),
    linkerdCni: cluster.linkerdCni ?? false,
    publishers,
    subscribers,
    clients,
    users: [
      ...[...publishers, ...subscribers].map((workload) => user('workload', workload.name, workload.user)),
      ...clients.map((client) => user('client', client.name, client.user)),
      ...(cluster.jetStream ? [user('streams', STREAMS)] : []),
      user('system', SYSTEM_USER),
      user('doctor', DOCTOR_USER),
    ],
    scraper: cluster.scraper,
    monitoring: cluster.monitoring && monitoringModel(cluster.monitoring),
    jetStream: cluster.jetStream && jetStreamModel(cluster.jetStream),
    streams: (cluster.streams ?? []).map((stream) => streamModel(stream, serverCount(cluster))),
    consumers: consumers(cluster).map(consumerModel),
    deletable: cluster.deletable ?? [],
    secretRecipients: cluster.secretRecipients ?? [],
    certificates: certificatesModel(cluster.name, cluster.certificates),
  };
}

const workloadModel = (workload: Workload, pods: PodOptions | undefined): WorkloadModel => ({
  name: workload.name,
  subject: workload.subject,
  user: workloadUser(workload),
  publish: workload.publish ?? [],
  subscribe: workload.subscribe ?? [],
  image: workload.image,
  command: workload.command,
  passwordInEnvironment: workload.passwordInEnvironment ?? false,
  stream: workload.stream,
  consumer: workload.consumer,
  resources: workload.resources ?? CLIENT_RESOURCES,
  pods: podsModel(pods, workload.pods),
});

const clientModel = (client: Client): ClientModel => ({
  name: client.name,
  namespace: client.namespace,
  serviceAccount: client.serviceAccount ?? client.name,
  user: client.user ?? client.name,
  publish: client.publish ?? [],
  subscribe: client.subscribe ?? [],
  stream: client.stream,
  consumer: readsStream(client) ? (client.consumer ?? client.name) : undefined,
  podLabels: client.podLabels,
});
