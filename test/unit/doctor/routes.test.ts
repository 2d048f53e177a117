import { expect, it } from 'vitest';
import { routes } from '../../../doctor/checks/routes.ts';
import { topology as several } from '../../../examples/leaf-servers.ts';
import { topology as sites } from '../../../examples/sites.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';
import { target } from './targets.ts';

const running = (name: string) => ({ kind: 'Pod', metadata: { name }, status: { phase: 'Running' } });
const ALL = ['nats-leaf-0', 'nats-leaf-1', 'nats-leaf-2'];

/** What is said of a cluster where these pods run and know of those servers. */
async function saidOf(
  cluster: string,
  pods: string[],
  known: (pod: string) => string[],
  from: Topology,
  encrypted = true,
) {
  const monitor = async (pod: string, page: string) =>
    page === 'varz'
      ? { cluster: { tls_required: encrypted } }
      : { routes: known(pod).map((remote_name) => ({ remote_name })) };
  return routes(Object.assign(target(pods.map(running), from, cluster), { monitor }));
}

const said = (pods: string[], known: (pod: string) => string[], from = several) =>
  saidOf('vm-b', pods, (pod) => known(pod).map((name) => `vm-b-${name}`), from);
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

const ofSite = (...known: string[]) => saidOf('vm-a', ['nats-broker-0'], () => known, sites);

it('is content with a site that has a route to every other', async () => {
  expect(await ofSite('vm-c-nats-broker-0', 'vm-d-nats-broker-0')).toEqual([
    { level: 'ok', what: 'routes to vm-c-nats-broker-0 and vm-d-nats-broker-0' },
  ]);
});

it('warns of a site that is out of reach', async () => {
  expect(await ofSite('vm-d-nats-broker-0')).toMatchObject([
    {
      level: 'warning',
      what: 'nats-broker-0 has no route to vm-c-nats-broker-0',
      why: 'with one more site less, nothing is acknowledged any more',
    },
  ]);
});

it('tells a site that is alone that it acknowledges nothing', async () => {
  expect(await ofSite()).toMatchObject([
    {
      level: 'problem',
      what: 'nats-broker-0 has no route to vm-c-nats-broker-0, vm-d-nats-broker-0',
      why: 'this side has no majority, and acknowledges nothing',
    },
  ]);
});

it('tells a site whose server takes routes without TLS', async () => {
  const known = () => ['vm-c-nats-broker-0', 'vm-d-nats-broker-0'];
  expect(await saidOf('vm-a', ['nats-broker-0'], known, sites, false)).toMatchObject([
    {
      level: 'problem',
      what: 'nats-broker-0 takes routes without mutual TLS',
      remedy:
        'kubectl --context vm-a -n nats-system delete pod nats-broker-0 has it start on the current configuration',
    },
  ]);
});
