import { leafLink, leafListener } from '../implied.ts';
import type { Mqtt } from '../mqtt.ts';
import type { BrokerCluster, LeafCluster } from '../topology.ts';
import { at } from './check-cluster.ts';
import {
  CLIENT_PORTS,
  checkDialled,
  checkLeafDialled,
  MQTT_PORTS,
  resolveListeners,
  resolveMqttListener,
  resolveRoutes,
} from './check-listener.ts';

/**
 * The broker's listeners, which everybody has to be able to dial who is meant to.
 * @param hasSites whether servers in other clusters dial it too
 */
export function checkListeners(broker: BrokerCluster, leaves: readonly LeafCluster[], hasSites: boolean) {
  const place = (property: string) => at(`brokerCluster.${property}`);
  const listeners = resolveListeners(place, {
    ...broker,
    leafListener: leafListener(broker, leaves),
    routes: hasSites ? resolveRoutes(place, broker) : undefined,
  });
  for (const [i, leaf] of leaves.entries()) {
    const path = `leafClusters[${i}].link`;
    const remedy = (tls: boolean) =>
      tls
        ? 'use nats-tls, or give every leaf this link and `brokerCluster.leafListener` { tls: false, insecurePlaintext: true }'
        : 'use plaintext for every leaf, or leave `tls` out of `brokerCluster.leafListener`';
    checkLeafDialled(place, listeners.leaves, leafLink(leaf), leaf.name, { link: at(path), remedy });
  }
  for (const { name } of broker.externalClients ?? [])
    checkDialled(place, 'clientListener', listeners.clients, `external client ${name}`, CLIENT_PORTS);
  return listeners;
}

/** The MQTT listener of a leaf, which every device has to be able to dial. @param path of its `mqtt` */
export function checkMqttListener(path: string, mqtt: Mqtt) {
  const place = (property: string) => at(`${path}.${property}`);
  const resolved = resolveMqttListener(place, mqtt);
  for (const { name } of mqtt.devices)
    checkDialled(place, 'listener', resolved.listener, `device ${name}`, MQTT_PORTS);
  return resolved;
}
