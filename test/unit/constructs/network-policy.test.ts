import { App, Chart } from 'cdk8s';
import { expect, it } from 'vitest';
import { clusterApps } from '../../../constructs/cluster-apps.ts';
import { LinkerdNamespace, NatsBroker } from '../../../constructs/index.ts';
import { topology } from '../../../examples/production.ts';
import { resolve } from '../../../model/resolve.ts';
import { objectsByFile } from '../../../synth/synthesize.ts';
import { rules } from './fixtures.ts';

function ingress(accessPolicy: 'deny' | 'audit') {
  const chart = new Chart(new App(), 'chart');
  const namespace = new LinkerdNamespace(chart, 'namespace', { accessPolicy });
  new NatsBroker(chart, 'broker', { namespace, cluster: 'vm-a', address: '1.1.1.1' });
  return rules(chart, 'nats-broker', 'ingress');
}

it('lets every packet reach the proxy that logs it, in audit mode and in no other', () => {
  expect(ingress('audit')).toContainEqual({});
  expect(ingress('deny')).not.toContainEqual({});
});

it.each(['vm-a', 'vm-b'])('opens no port between pods of %s but that of the proxies', (cluster) => {
  const [, app] = [...clusterApps(resolve(topology))]
    .map(({ name, app }) => [name, app] as const)
    .find(([name]) => name === cluster)!;
  const policies = [...objectsByFile(app).values()].flat().filter(({ kind }) => kind === 'NetworkPolicy');
  const between = policies
    .flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    .filter(({ from, to }) => (from ?? to ?? []).some((peer: object) => 'podSelector' in peer));
  expect(between.length).toBeGreaterThan(0);
  for (const { ports } of between) expect(ports).toEqual([{ protocol: 'TCP', port: 4143 }]);
});
