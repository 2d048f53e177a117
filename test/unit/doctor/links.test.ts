import { expect, it } from 'vitest';
import { links } from '../../../doctor/checks/links.ts';
import { topology as several } from '../../../examples/leaf-servers.ts';
import { topology as byGateway } from '../../../examples/linkerd-gateway.ts';
import { topology } from '../../../topology.ts';
import { revoked, target } from './targets.ts';

const running = (name: string) => ({ kind: 'Pod', metadata: { name }, status: { phase: 'Running' } });
const LINKED = { 'vm-a': ['vm-b-nats-leaf-0'], 'vm-b': ['vm-a-nats-broker-0'] };

/** What is said of a cluster whose servers tell of these links. */
async function said(cluster: 'vm-a' | 'vm-b', linked: string[], out: string[] = [], from = topology) {
  const pod = running(cluster === 'vm-a' ? 'nats-broker-0' : 'nats-leaf-0');
  const monitor = async () => ({ leafs: linked.map((name) => ({ name })) });
  return links(Object.assign(target([pod], from, cluster), { monitor, ...revoked(...out) }));
}

it('is content with leaves that are linked, as both sides tell', async () => {
  expect(await said('vm-a', LINKED['vm-a'])).toEqual([{ level: 'ok', what: '1 of 1 leaves are linked' }]);
  expect(await said('vm-b', LINKED['vm-b'])).toEqual([{ level: 'ok', what: 'linked to vm-a-nats-broker-0' }]);
});

it('is content without a link where the leaf is revoked', async () => {
  expect(await said('vm-a', [], ['vm-b'])).toEqual([
    { level: 'ok', what: '0 of 0 leaves are linked; revoked: vm-b' },
  ]);
  expect(await said('vm-b', [], ['vm-b'])).toEqual([{ level: 'ok', what: 'it is revoked, and not linked' }]);
});

it('tells a revoked leaf that is still linked, once', async () => {
  expect(await said('vm-a', LINKED['vm-a'], ['vm-b'])).toMatchObject([
    {
      what: 'the revoked leaf of vm-b is still linked',
      remedy: 'kubectl --context vm-a -n nats-system rollout restart statefulset/nats-broker',
    },
  ]);
  expect(await said('vm-b', LINKED['vm-b'], ['vm-b'])).toMatchObject([{ level: 'ok' }]);
});

it('tells a link that is down, and where to look', async () => {
  expect(await said('vm-a', [])).toMatchObject([
    {
      what: 'no leaf of vm-b is linked',
      remedy: 'look at the log of nats-leaf there; docs/operations.md, "The link is cut"',
    },
  ]);
  expect(await said('vm-b', [])).toMatchObject([
    {
      what: 'the leaf is not linked to the broker',
      remedy: expect.stringMatching(/logs nats-leaf-0 -c nats says why/),
    },
  ]);
});

it('leads to the gateway where the link goes through one', async () => {
  for (const cluster of ['vm-a', 'vm-b'] as const) {
    const [verdict] = await said(cluster, [], [], byGateway);
    expect(verdict).toMatchObject({ remedy: expect.stringContaining('multicluster check') });
  }
});

it('tells single servers of a leaf that have no link, from both sides', async () => {
  expect(await said('vm-a', ['vm-b-nats-leaf-1'], [], several)).toMatchObject([
    { level: 'warning', what: 'vm-b-nats-leaf-0, vm-b-nats-leaf-2 have no link' },
  ]);
  const pods = ['nats-leaf-0', 'nats-leaf-1'].map(running);
  const monitor = async (pod: string) => ({
    leafs: pod === 'nats-leaf-0' ? [{ name: 'vm-a-nats-broker-0' }] : [],
  });
  expect(await links(Object.assign(target(pods, several, 'vm-b'), { monitor }))).toMatchObject([
    {
      level: 'warning',
      what: 'nats-leaf-1 is not linked to the broker',
      remedy: expect.stringMatching(/logs nats-leaf-1 -c nats says why/),
    },
  ]);
});
