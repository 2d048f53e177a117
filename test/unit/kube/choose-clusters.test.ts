import { expect, it } from 'vitest';
import { chooseClusters } from '../../../kube/choose-clusters.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from '../../../topology.ts';

const model = resolve(topology);
const both = [
  { cluster: 'vm-a', context: 'vm-a' },
  { cluster: 'vm-b', context: 'vm-b' },
];

it.each([
  [[], [], both],
  [['vm-b'], [], [both[1]]],
  [['vm-b', 'vm-a'], [], both],
  [['vm-a'], ['prod'], [{ cluster: 'vm-a', context: 'prod' }]],
  [['vm-a'], ['user=me'], [{ cluster: 'vm-a', context: 'user=me' }]],
  [[], ['vm-a=prod=a'], [{ cluster: 'vm-a', context: 'prod=a' }, both[1]]],
])('takes the clusters %j and the contexts %j', (clusters, contexts, chosen) => {
  expect(chooseClusters(model, clusters, contexts)).toEqual(chosen);
});

it.each([
  [['vm-z'], [], '`--cluster`: "vm-z" is not in topology.ts; use vm-a or vm-b.'],
  [
    [],
    ['prod'],
    '`--context`: "prod" does not say which cluster it is for; use <cluster>=<context>, where the cluster is vm-a or vm-b.',
  ],
  [
    ['vm-a'],
    [''],
    '`--context`: "" does not say which cluster it is for; use <cluster>=<context>, where the cluster is vm-a.',
  ],
])('refuses the clusters %j and the contexts %j', (clusters, contexts, message) => {
  expect(() => chooseClusters(model, clusters, contexts)).toThrow(
    new InvalidInput(`npm run doctor ${message}`),
  );
});
