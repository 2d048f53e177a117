import * as v from 'valibot';
import {
  NOT_A_COMMAND,
  NOT_A_NAME,
  NOT_A_SUBJECT,
  NOT_A_WORD,
  NOT_AN_IMAGE,
  NOT_REPLICAS,
} from '../checks.ts';
import type { Client } from '../client.ts';
import type { LeafLink } from '../leaf-link.ts';
import { NOT_AN_ADDRESS } from '../rules/check-address.ts';
import { NOT_A_NAMESPACE, NOT_A_SERVICE_ACCOUNT, NOT_POD_LABELS } from '../rules/check-client.ts';
import { NOT_AN_ASSET_NAME } from '../rules/check-jetstream.ts';
import { notANodePort, notAPort, ROUTE_PORTS } from '../rules/check-listener.ts';
import { NOT_A_CIDR } from '../rules/check-network.ts';
import { NOT_A_RECIPIENT, NOT_RECIPIENTS } from '../rules/check-secrets.ts';
import type { Site } from '../sites.ts';
import type { BrokerCluster, ExternalClient, LeafCluster, Workload } from '../topology.ts';
import {
  choice,
  kinds,
  list,
  listElse,
  networks,
  number,
  object,
  text,
  texts,
  writtenOut,
  yesOrNo,
} from './build.ts';
import { CERT_MANAGER } from './certificates-schema.ts';
import { CONSUMER, deletable, JETSTREAM, STREAM, streamNames } from './jetstream-schema.ts';
import { CLIENT_LISTENER, LEAF_LISTENER, LOAD_BALANCER } from './listener-schema.ts';
import { MONITORING, SCRAPER } from './monitoring-schema.ts';
import { MQTT } from './mqtt-schema.ts';
import { POD_OPTIONS, RESOURCES } from './pods-schema.ts';
import type { Assert, Same } from './same.ts';
import { SERVER_SETTINGS } from './server-settings-schema.ts';

const subjects = () => v.optional(list(text(NOT_A_SUBJECT), "['test.messages']"));

export const WORKLOAD = object({
  name: text(NOT_A_NAME),
  subject: text(NOT_A_SUBJECT),
  user: v.optional(text(NOT_A_NAME)),
  publish: subjects(),
  subscribe: subjects(),
  image: v.optional(text(NOT_AN_IMAGE)),
  command: v.optional(listElse(text(NOT_A_WORD), NOT_A_COMMAND)),
  passwordInEnvironment: v.optional(yesOrNo()),
  stream: v.optional(text(NOT_AN_ASSET_NAME)),
  consumer: v.optional(text(NOT_AN_ASSET_NAME)),
  resources: v.optional(RESOURCES),
  pods: v.optional(POD_OPTIONS),
});

export const EXTERNAL_CLIENT = object({
  name: text(NOT_A_NAME),
  networks: networks('it'),
  publish: subjects(),
  subscribe: subjects(),
});

export const CLIENT = object({
  name: text(NOT_A_NAME),
  namespace: text(NOT_A_NAMESPACE),
  serviceAccount: v.optional(text(NOT_A_SERVICE_ACCOUNT)),
  user: v.optional(text(NOT_A_NAME)),
  publish: subjects(),
  subscribe: subjects(),
  stream: v.optional(text(NOT_AN_ASSET_NAME)),
  consumer: v.optional(text(NOT_AN_ASSET_NAME)),
  podLabels: v.optional(texts(NOT_POD_LABELS)),
});

const workloads = () => v.optional(list(WORKLOAD, "[{ name: 'orders', subject: 'orders.created' }]"));

export const CLUSTER = {
  name: text(NOT_A_NAME),
  address: text(NOT_AN_ADDRESS),
  issuer: text(NOT_A_NAME),
  trustAnchor: v.optional(choice('shared', 'own')),
  publishers: workloads(),
  subscribers: workloads(),
  clients: v.optional(list(CLIENT, "[{ name: 'orders', namespace: 'shop', publish: ['orders.>'] }]")),
  replicas: v.optional(number(NOT_REPLICAS)),
  resources: v.optional(RESOURCES),
  serverSettings: v.optional(SERVER_SETTINGS),
  controllerResources: v.optional(RESOURCES),
  pods: v.optional(POD_OPTIONS),
  serverPods: v.optional(POD_OPTIONS),
  scraper: v.optional(SCRAPER),
  monitoring: v.optional(MONITORING),
  linkerdCni: v.optional(yesOrNo()),
  jetStream: v.optional(JETSTREAM),
  streams: v.optional(
    list(STREAM, "[{ name: 'EVENTS', subjects: ['test.>'], maxAge: '7d', maxBytes: '8Gi' }]"),
  ),
  consumers: v.optional(list(CONSUMER, "[{ name: 'audit', stream: 'EVENTS' }]")),
  deletable: v.optional(deletable()),
  certificates: v.optional(kinds([CERT_MANAGER], "{ kind: 'cert-manager' }")),
  secretRecipients: v.optional(listElse(text(NOT_A_RECIPIENT), NOT_RECIPIENTS)),
};

/** What each cluster has that runs a server of the broker. */
const BROKER_SITE = {
  furtherAddresses: v.optional(list(text(NOT_AN_ADDRESS), "['nats.example.com']")),
  externalClients: v.optional(list(EXTERNAL_CLIENT, "[{ name: 'ops', networks: 'anywhere' }]")),
  routeNetworks: v.optional(list(text(NOT_A_CIDR), "['203.0.113.7/32']")),
};

const { name, address, issuer, trustAnchor, publishers, subscribers, clients } = CLUSTER;
const { pods, serverPods, scraper, jetStream, linkerdCni, secretRecipients } = CLUSTER;

export const SITE = object({
  ...{ name, address, issuer, trustAnchor, publishers, subscribers, clients },
  ...{ pods, serverPods, scraper, jetStream, linkerdCni, secretRecipients },
  retiring: v.optional(yesOrNo()),
  ...BROKER_SITE,
});

export const BROKER_CLUSTER = object({
  ...CLUSTER,
  furtherAddresses: BROKER_SITE.furtherAddresses,
  clientListener: v.optional(CLIENT_LISTENER),
  leafListener: v.optional(LEAF_LISTENER),
  loadBalancer: v.optional(LOAD_BALANCER),
  externalClients: BROKER_SITE.externalClients,
  furtherSites: v.optional(
    list(SITE, "[{ name: 'vm-c', address: '3.3.3.3', issuer: 'cluster-c-issuer' }, …]"),
  ),
  routeNodePort: v.optional(number(notANodePort(ROUTE_PORTS))),
  routeLoadBalancerPort: v.optional(number(notAPort(ROUTE_PORTS))),
  routeNetworks: BROKER_SITE.routeNetworks,
});

export const NATS_TLS = object({ kind: v.literal('nats-tls') });

export const GATEWAY = object({
  kind: v.literal('linkerd-gateway'),
  linkName: text(NOT_A_NAME, 'is missing; use the name of the Link, such as vm-a'),
});

export const PLAINTEXT = object(
  { kind: v.literal('plaintext'), insecurePlaintext: writtenOut() },
  {
    insecurePlaintext: '"plaintext" travels in clear; use nats-tls, or write `insecurePlaintext: true`',
  },
);

export const LEAF_CLUSTER = object({
  ...CLUSTER,
  link: v.optional(kinds([NATS_TLS, GATEWAY, PLAINTEXT], "{ kind: 'nats-tls' }")),
  networks: v.optional(networks('it')),
  mirrors: v.optional(streamNames()),
  mqtt: v.optional(MQTT),
});

export type WorkloadIsWhole = Assert<Same<v.InferOutput<typeof WORKLOAD>, Workload>>;
export type ClientIsWhole = Assert<Same<v.InferOutput<typeof CLIENT>, Client>>;
export type ExternalClientIsWhole = Assert<Same<v.InferOutput<typeof EXTERNAL_CLIENT>, ExternalClient>>;
export type BrokerIsWhole = Assert<Same<v.InferOutput<typeof BROKER_CLUSTER>, BrokerCluster>>;
export type SiteIsWhole = Assert<Same<v.InferOutput<typeof SITE>, Site>>;
export type LeafIsWhole = Assert<Same<v.InferOutput<typeof LEAF_CLUSTER>, LeafCluster>>;
export type LinkIsWhole = Assert<
  Same<v.InferOutput<typeof NATS_TLS | typeof GATEWAY | typeof PLAINTEXT>, LeafLink>
>;
