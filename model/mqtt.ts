/** What a user says about devices that speak MQTT to a leaf. Types only. */
import type { Chosen } from './chosen.ts';
import type { Size } from './jetstream.ts';
import type { Listener, ListenerModel, LoadBalancer, LoadBalancerModel } from './listener.ts';

/**
 * Devices that speak MQTT 3.1.1 to the leaf, and how they reach it. The leaf needs `jetStream`, where nats-server keeps
 * what it owes to devices.
 * @see https://docs.nats.io/running-a-nats-service/configuration/mqtt
 */
export interface Mqtt {
  /** Devices that may connect. At least one. */
  readonly devices: readonly Device[];
  /**
   * IP addresses and DNS names at which devices reach the leaf. Its MQTT certificate covers each of them.
   * @default - the cluster's `address`
   */
  readonly addresses?: readonly string[];
  /** How devices reach the leaf. @default - NodePort 31883 with mutual TLS */
  readonly listener?: Listener;
  /** The load balancer, where the listener has a `loadBalancerPort`. @default - the cluster's default */
  readonly loadBalancer?: LoadBalancer;
  /**
   * How much of the volume is left to what the server keeps for devices: sessions, retained messages, and messages of
   * QoS 1 and 2 that a device has yet to fetch. Synth checks that it fits beside the streams. The server does not limit it.
   * @default '256Mi'
   */
  readonly storage?: Size;
}

/** A device outside the mesh that speaks MQTT. */
export interface Device {
  /** Its NATS user name, MQTT user name and the name of its certificate; a DNS label, unique in its cluster. */
  readonly name: string;
  /** CIDRs that it connects from, or `'anywhere'`, which opens the port to every address. */
  readonly networks: readonly string[] | 'anywhere';
  /** MQTT topics that it may publish to, such as `plant/line1/temperature`. No wildcards. @default - none */
  readonly publish?: readonly string[];
  /** MQTT filters that it may subscribe to, such as `plant/+/commands` or `plant/line1/#`. @default - none */
  readonly subscribe?: readonly string[];
}

/** The MQTT listener of a leaf and its devices with every choice made. */
export interface MqttModel {
  readonly devices: readonly DeviceModel[];
  readonly addresses: readonly string[];
  readonly listener: ListenerModel;
  readonly loadBalancer: LoadBalancerModel | undefined;
  /** Name of the certificate that the leaf shows to devices; `undefined` where it shows none. */
  readonly certificate: string | undefined;
}

export type DeviceModel = Chosen<Device>;
