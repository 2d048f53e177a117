import { expect, it } from 'vitest';
import { seen } from '../../certs/steps.ts';
import type { Listener } from '../../constructs/index.ts';
import { topology } from './topologies.ts';

const shown = (leafListener?: Listener) =>
  seen('server', { topology: { ...topology, brokerCluster: { ...topology.brokerCluster, leafListener } } });

it.each<[string, Listener | undefined]>([
  ['1.1.1.1:30722', undefined],
  ['1.1.1.1:31722', { nodePort: 31722 }],
  ['1.1.1.1:443', { loadBalancerPort: 443 }],
])('a new certificate of the broker is seen at %s', (address, listener) => {
  expect(shown(listener).at(-1)).toContain(`openssl s_client -connect ${address} `);
});

it('a new certificate of the broker is not looked for at a closed port', () => {
  expect(shown({ nodePort: 'closed' })).toEqual([]);
});
