/** MQTT at a leaf of a topology that has been checked, with every choice made. */
import type { Device, DeviceModel, MqttModel } from './mqtt.ts';
import { mqttCertificate } from './names.ts';
import { checkMqttListener } from './rules/check-dialled.ts';
import type { LeafCluster } from './topology.ts';

/** @param path of the leaf in the topology */
export function mqttModel({ name, address, mqtt }: LeafCluster, path: string): MqttModel | undefined {
  if (!mqtt) return undefined;
  const { listener, loadBalancer } = checkMqttListener(`${path}.mqtt`, mqtt);
  return {
    devices: mqtt.devices.map(deviceModel),
    addresses: mqtt.addresses ?? [address],
    listener,
    loadBalancer,
    certificate: listener.tls ? mqttCertificate(name) : undefined,
  };
}

/** A device with every choice made. */
export const deviceModel = (device: Device): DeviceModel => ({
  name: device.name,
  networks: device.networks,
  publish: device.publish ?? [],
  subscribe: device.subscribe ?? [],
});
