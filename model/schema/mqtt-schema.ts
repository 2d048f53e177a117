import * as v from 'valibot';
import { NOT_A_NAME } from '../checks.ts';
import type { Device, Mqtt } from '../mqtt.ts';
import { NOT_A_TOPIC } from '../mqtt-topics.ts';
import { NOT_AN_ADDRESS } from '../rules/check-address.ts';
import { NOT_A_SIZE } from '../rules/check-jetstream.ts';
import { list, networks, object, text } from './build.ts';
import { LOAD_BALANCER, MQTT_LISTENER } from './listener-schema.ts';
import type { Assert, Same } from './same.ts';

const topics = () => v.optional(list(text(NOT_A_TOPIC), "['plant/line1/temperature']"));

export const DEVICE = object({
  name: text(NOT_A_NAME),
  networks: networks('it'),
  publish: topics(),
  subscribe: topics(),
});

export const MQTT = object({
  devices: list(
    DEVICE,
    "[{ name: 'thermometer', networks: ['192.0.2.0/24'], publish: ['plant/temperature'] }]",
  ),
  addresses: v.optional(list(text(NOT_AN_ADDRESS), "['192.0.2.10']")),
  listener: v.optional(MQTT_LISTENER),
  loadBalancer: v.optional(LOAD_BALANCER),
  storage: v.optional(text(NOT_A_SIZE)),
});

export type DeviceIsWhole = Assert<Same<v.InferOutput<typeof DEVICE>, Device>>;
export type MqttIsWhole = Assert<Same<v.InferOutput<typeof MQTT>, Mqtt>>;
