import type { Construct } from 'constructs';
import { refuse } from '../model/checks.ts';
import type { Credentials } from '../model/credentials.ts';
import type { ListenerModel } from '../model/listener.ts';
import type { Device, Mqtt } from '../model/mqtt.ts';
import { deviceSubjects } from '../model/mqtt-topics.ts';
import { DOCTOR_SUBJECTS, LEAF, mqttCertificate } from '../model/names.ts';
import { deviceModel } from '../model/resolve-mqtt.ts';
import { checkDialled, MQTT_PORTS, resolveMqttListener } from '../model/rules/check-listener.ts';
import { checkDevice, MQTT_NEEDS_JETSTREAM } from '../model/rules/check-mqtt.ts';
import { ExposedServer, type ExposedServerProps, outside } from './exposed-server.ts';
import { MQTT_TLS } from './kubernetes/workload.ts';
import type { LeafEndpoint } from './leaf-endpoint.ts';
import { declareWayOut } from './mesh/way-out.ts';
import { APP_ACCOUNT } from './nats/accounts.ts';
import { passwordOf } from './nats/password.ts';
import { MQTT } from './nats/server-ports.ts';
import { ownCertificate, type ServerCertificate } from './nats/server-role.ts';
import { certificateFiles, mutualTls, urlHost } from './nats/tls-config.ts';
import { Include, natsConfig } from './nats/write-conf.ts';

export interface NatsLeafProps extends ExposedServerProps {
  /** Name of the StatefulSet, its `app` label, its Service and its service account. @default 'nats-leaf' */
  readonly name?: string;
  /** How to reach the broker, from `NatsBroker.acceptLeaf`. */
  readonly broker: LeafEndpoint;
  /**
   * How devices that speak MQTT reach it; `allowDevice` lets each of them in. It needs `jetStream`. @default - no MQTT
   */
  readonly mqtt?: Pick<Mqtt, 'listener' | 'loadBalancer'>;
}

/**
 * The NATS servers for the clients of their own cluster. Each of them is connected to the broker of another cluster.
 * Clients reach them only inside the mesh; Linkerd authenticates and encrypts that hop. Devices that speak MQTT reach them
 * from outside.
 * @see https://docs.nats.io/running-a-nats-service/configuration/leafnodes
 */
export class NatsLeaf extends ExposedServer {
  private readonly mqtt: ListenerModel | undefined;

  /** @throws InvalidInput if a property is invalid */
  constructor(scope: Construct, id: string, props: NatsLeafProps) {
    const { broker } = props;
    const name = props.name ?? LEAF;
    if (props.mqtt && !props.jetStream) refuse(at('mqtt'), MQTT_NEEDS_JETSTREAM);
    const { listener: mqtt, loadBalancer } = props.mqtt
      ? resolveMqttListener((property) => at(`mqtt.${property}`), props.mqtt)
      : {};
    super(scope, id, props, {
      owner: 'NatsLeaf',
      name,
      ports: mqtt ? [MQTT] : [],
      clientTls: false,
      doctor: { subscribe: [DOCTOR_SUBJECTS] },
      certificates: [
        ...(broker.tls ? [ownCertificate(props.cluster, name, 'client certificate')] : []),
        ...(mqtt?.tls ? [mqttServerCertificate(props.cluster)] : []),
      ],
      config: {
        leafnodes: {
          reconnect: '2s',
          // Each server has a link of its own: interest that it learns by a route does not cross another's.
          remotes: [
            {
              // The URL holds the password, so it comes from the Secret.
              file: new Include('../nats-auth/remote.conf'),
              account: APP_ACCOUNT,
              first_info_timeout: '5s',
              // Only the address of the topology is ever dialled.
              ignore_discovered_servers: true,
              tls: broker.tls ? { ...certificateFiles(), handshake_first: true } : undefined,
            },
          ],
        },
        mqtt: mqtt && { port: MQTT.port, tls: mqtt.tls ? mutualTls(MQTT_TLS) : undefined },
      },
      secretKeys: { 'remote.conf': (credentials) => remoteFile(broker, credentials) },
    });
    this.networkPolicy.allowToNetworks(broker.egress.networks, broker.egress.port);
    // Without it the proxy waits ten seconds for the leaf to speak first, and the leaf gives up after five.
    if (!broker.meshed)
      declareWayOut(this, {
        ...{ name: broker.cluster, namespace: this.namespace.name },
        ...{ hosts: broker.hosts, ports: [broker.port] },
      });
    this.mqtt = mqtt;
    if (mqtt) this.expose([outside(MQTT, mqtt)], loadBalancer);
  }

  /**
   * Lets a device that speaks MQTT connect. Its topics become NATS subjects: `plant/line1` is `plant.line1`.
   * @throws InvalidInput if the leaf has no `mqtt`, the port is closed, or a name, network or topic is invalid
   */
  allowDevice(device: Device): void {
    const { mqtt, ipv6 } = this;
    if (!mqtt) refuse(at('mqtt'), `is missing, but the device ${device.name} speaks it; give it \`{}\``);
    checkDevice((property) => at(`devices.${property}`), device, ipv6);
    const { name, networks } = device;
    checkDialled(at, 'mqtt.listener', mqtt, `device ${name}`, MQTT_PORTS);
    this.addUser({ name, connects: 'MQTT', ...deviceSubjects(deviceModel(device)) });
    this.admitOutside(outside(MQTT, mqtt), networks, name);
  }
}

const at = (property: string) => ({ owner: 'NatsLeaf', property });

const mqttServerCertificate = (cluster: string): ServerCertificate => ({
  ...{ volume: 'mqtt-tls', folder: MQTT_TLS, name: mqttCertificate(cluster) },
  purpose: 'MQTT certificate',
});

/** The broker's URLs with user and password, as the file that the remote in `nats.conf` includes. */
function remoteFile(broker: LeafEndpoint, credentials: Credentials): string {
  const password = encodeURIComponent(passwordOf(credentials, broker.password)).replaceAll("'", '%27');
  const scheme = broker.tls ? 'tls' : 'nats-leaf';
  return natsConfig({
    urls: broker.hosts.map(
      (host) => `${scheme}://${broker.user}:${password}@${urlHost(host)}:${broker.port}`,
    ),
  });
}
