import { JsonPatch } from 'cdk8s';
import type { Customize } from '../model/customize.ts';
import type { Topology } from '../model/topology.ts';
import { topology as asItComes } from '../topology.ts';

/**
 * What no property of a topology says: a name that the cluster's DNS does not have, how a pod asks the DNS, and a setting
 * of nats-server.
 */
const customize: Customize = (objects, cluster) => {
  const find = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.name === name);

  const resolver = { options: [{ name: 'ndots', value: '2' }] };
  const aliases = [{ ip: '203.0.113.10', hostnames: ['nats.example.com'] }];
  const pod = '/spec/template/spec';
  find('StatefulSet', 'nats-leaf')?.addJsonPatch(JsonPatch.add(`${pod}/hostAliases`, aliases));
  find('Deployment', 'nats-publisher')?.addJsonPatch(JsonPatch.add(`${pod}/dnsConfig`, resolver));

  if (cluster !== asItComes.brokerCluster.name) return;
  const config = find('ConfigMap', 'nats-broker-config');
  const text: string = config?.toJson().data['nats.conf'];
  config?.addJsonPatch(JsonPatch.replace('/data/nats.conf', `${text}max_subscriptions: 10000\n`));
};

export const topology: Topology = { ...asItComes, customize };
