import { expect, it } from 'vitest';
import { routes } from '../../../doctor/checks/routes.ts';
import { topology as several } from '../../../examples/leaf-servers.ts';
import { topology } from '../../../topology.ts';
import { target } from './targets.ts';

const running = (name: string) => ({ kind: 'Pod', metadata: { name }, status: { phase: 'Running' } });
const ALL = ['nats-leaf-0', 'nats-leaf-1', 'nats-leaf-2'];

/** What is said of vm-b, where these pods run and know of those others. */
async function said(pods: string[], known: (pod: string) => string[], from = several) {
  const monitor = async (pod: string) => ({
    routes: known(pod).map((name) => ({ remote_name: `vm-b-${name}` })),
  });
  return routes(Object.assign(target(pods.map(running), from, 'vm-b'), { monitor }));
}
const others = (pod: string) => ALL.filter((other) => other !== pod);

it('is content with servers that know each other, several times over', async () => {
  expect(await said(ALL, (pod) => [...others(pod), ...others(pod)])).toEqual([
    { level: 'ok', what: '3 servers have a route to each other' },
  ]);
});

it('has nothing to say of one server', async () => {
  expect(await said(['nats-leaf-0'], () => [], topology)).toEqual([]);
});

it('tells a route that is missing, and where to look', async () => {
  expect(await said(ALL, (pod) => (pod === 'nats-leaf-1' ? ['nats-leaf-0'] : others(pod)))).toMatchObject([
    {
      level: 'problem',
      what: 'nats-leaf-1 has no route to nats-leaf-2',
      remedy: 'kubectl --context vm-b -n nats-system logs nats-leaf-1 -c nats says why',
    },
  ]);
});

it('leaves a server that does not run to the check of the pods', async () => {
  const two = ALL.slice(0, 2);
  expect(await said(two, (pod) => two.filter((other) => other !== pod))).toMatchObject([{ level: 'ok' }]);
});
