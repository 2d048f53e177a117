import { App, Chart } from 'cdk8s';
import { expect, it } from 'vitest';
import { LinkerdNamespace, NatsBroker } from '../../constructs/index.ts';
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
