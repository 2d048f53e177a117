import * as v from 'valibot';
import type { Listener, LoadBalancer } from '../listener.ts';
import {
  CLIENT_PORTS,
  type DefaultPorts,
  LEAF_PORTS,
  MQTT_PORTS,
  NOT_A_CLASS,
  NOT_ANNOTATIONS,
  notANodePort,
  notAPort,
} from '../rules/check-listener.ts';
import { either, number, object, text, texts, writtenOut, yesOrNo } from './build.ts';
import type { Assert, Same } from './same.ts';

const listener = (ports: DefaultPorts) =>
  object({
    nodePort: v.optional(either([v.number(), v.literal('closed')], notANodePort(ports))),
    loadBalancerPort: v.optional(number(notAPort(ports))),
    tls: v.optional(yesOrNo()),
    insecurePlaintext: v.optional(writtenOut()),
  });

export const CLIENT_LISTENER = listener(CLIENT_PORTS);
export const LEAF_LISTENER = listener(LEAF_PORTS);
export const MQTT_LISTENER = listener(MQTT_PORTS);

export const LOAD_BALANCER = object({
  className: v.optional(text(NOT_A_CLASS)),
  annotations: v.optional(texts(NOT_ANNOTATIONS)),
  nodePorts: v.optional(yesOrNo()),
});

export type ListenerIsWhole = Assert<Same<v.InferOutput<typeof CLIENT_LISTENER>, Listener>>;
export type LoadBalancerIsWhole = Assert<Same<v.InferOutput<typeof LOAD_BALANCER>, LoadBalancer>>;
