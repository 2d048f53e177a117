import { expect, it } from 'vitest';
import { judgeContext, misdirection } from '../../../doctor/checks/context.ts';
import { wantedOf } from '../../../doctor/wanted.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from '../../../topology.ts';
import { target } from './targets.ts';

const A = { name: 'vm-a', context: 'x' };
const B = { name: 'vm-b', context: 'x' };

it.each([
  ['has what it should', A, { issuer: 'vm-a', servers: ['vm-a'] }, []],
  ['has nothing yet', A, { issuer: undefined, servers: [] }, []],
  ['has Linkerd and nothing else', A, { issuer: 'vm-a', servers: [] }, ['vm-b']],
  ['has the manifests of another by mistake', A, { issuer: 'vm-a', servers: ['vm-b'] }, []],
  ['has what it should, though another claims it too', A, { issuer: undefined, servers: ['vm-a'] }, ['vm-b']],
])('lets a context pass that %s', (_, target, seen, sharing) => {
  expect(judgeContext(seen, target, sharing)).toBeUndefined();
});

it.each([
  ['by its issuer', A, { issuer: 'vm-b', servers: [] }],
  ['by its servers', A, { issuer: undefined, servers: ['vm-b'] }],
  ['by both', A, { issuer: 'vm-b', servers: ['vm-b'] }],
])('recognises another cluster %s', (_, target, seen) => {
  expect(judgeContext(seen, target, [])).toMatchObject({
    level: 'problem',
    what: 'context x is cluster vm-b, not vm-a',
    remedy: 'write --context vm-a=<the context of vm-a>',
  });
});

it.each([A, B])('stops at one cluster that is taken for two, as $name', (target) => {
  const seen = { issuer: 'vm-a', servers: ['vm-a', 'vm-b'] };
  const other = target === A ? 'vm-b' : 'vm-a';
  expect(judgeContext(seen, target, [])).toMatchObject({
    what: `context x is of ${target.name} and ${other} at once`,
    remedy: expect.stringMatching(/^give each cluster of the topology a Kubernetes cluster of its own/),
  });
});

it('stops before it advises to apply both to one', () => {
  expect(judgeContext({ issuer: undefined, servers: [] }, A, ['vm-b'])).toMatchObject({
    what: 'context x is said to be vm-a and also vm-b',
  });
});

const model = resolve(topology);

it('knows the servers of a cluster from their manifests', async () => {
  const [wanted] = wantedOf(model, new Set(['vm-b']));
  expect(await misdirection(target([...wanted!.objects]), model.clusters, [])).toMatchObject({
    what: 'context vm-a is cluster vm-b, not vm-a',
  });
  expect(
    await misdirection(target([...wanted!.objects], topology, 'vm-b'), model.clusters, []),
  ).toBeUndefined();
});
