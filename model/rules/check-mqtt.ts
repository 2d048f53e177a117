import { checkName, checkSubject, type Place, refuse, shown } from '../checks.ts';
import type { Device, Mqtt } from '../mqtt.ts';
import { subjectOf, subjectsOf } from '../mqtt-topics.ts';
import type { LeafCluster } from '../topology.ts';
import { checkAddress, sameAddress } from './check-address.ts';
import { checkCertificateName } from './check-certificates.ts';
import { checkSize } from './check-jetstream.ts';
import { checkNetworks } from './check-network.ts';

/** What is wrong with a leaf that has MQTT and no JetStream. */
export const MQTT_NEEDS_JETSTREAM =
  "needs JetStream, where nats-server keeps what it owes to devices; give the cluster `jetStream: { storage: { size: '1Gi' } }`";

/**
 * The devices of a leaf, but for its listener. That names are unique is checked with the other users of the cluster.
 * @param at the place of a property, which begins with a dot
 */
export function checkMqtt(
  at: (property: string) => Place,
  { devices, addresses, storage }: Mqtt,
  { name: cluster, jetStream }: LeafCluster,
  ipv6: boolean,
): void {
  if (!jetStream) refuse(at(''), MQTT_NEEDS_JETSTREAM);
  if (devices.length === 0) refuse(at('.devices'), 'names no device; list one, or leave out `mqtt`');
  for (const [i, device] of devices.entries()) {
    checkDevice((property) => at(`.devices[${i}].${property}`), device, ipv6);
    checkCertificateName(at(`.devices[${i}].name`), cluster, device.name, 'scale-1');
  }
  if (addresses?.length === 0)
    refuse(at('.addresses'), "names no address; leave it out to use the cluster's own");
  for (const [i, address] of (addresses ?? []).entries()) {
    checkAddress(at(`.addresses[${i}]`), address, ipv6);
    if (addresses!.slice(0, i).some((other) => sameAddress(other, address)))
      refuse(at(`.addresses[${i}]`), `${shown(address)} is listed already; leave it out`);
  }
  if (storage !== undefined) checkSize(at('.storage'), storage);
}

/** One device: its name, where it connects from, and its topics, which become NATS subjects. */
export function checkDevice(at: (property: string) => Place, device: Device, ipv6: boolean): void {
  const { name, networks, publish = [], subscribe = [] } = device;
  checkName(at('name'), name);
  checkNetworks(at('networks'), networks, name, ipv6);
  for (const [i, topic] of publish.entries())
    checkSubject(at(`publish[${i}]`), subjectOf(at(`publish[${i}]`), topic), 'refused');
  for (const [i, filter] of subscribe.entries())
    for (const subject of subjectsOf(at(`subscribe[${i}]`), filter))
      checkSubject(at(`subscribe[${i}]`), subject, 'allowed');
  if (publish.length + subscribe.length === 0)
    refuse(at('publish'), `${shown(name)} may do nothing; give it \`publish\` or \`subscribe\``);
}
