import { expect, it } from 'vitest';
import { UsageError } from '../../certs/command.ts';
import { ISSUED } from '../../certs/store.ts';
import { parseCall } from '../../doctor/parse-call.ts';
import { InvalidInput } from '../../model/checks.ts';
import { topology } from '../../topology.ts';

const both = [
  { cluster: 'vm-a', context: 'vm-a' },
  { cluster: 'vm-b', context: 'vm-b' },
];

it('looks at every cluster, through the context of its name', () => {
  expect(parseCall([], topology)).toEqual({ targets: both, folder: ISSUED, json: false });
});

it.each([
  [['--cluster', 'vm-b'], [both[1]]],
  [['--cluster', 'vm-b', '--cluster', 'vm-a'], both],
  [['--cluster', 'vm-a', '--context', 'prod'], [{ cluster: 'vm-a', context: 'prod' }]],
  [['--cluster', 'vm-a', '--context', 'user=me'], [{ cluster: 'vm-a', context: 'user=me' }]],
  [
    ['--context', 'vm-a=prod=a'],
    [{ cluster: 'vm-a', context: 'prod=a' }, both[1]],
  ],
])('understands %j', (words, targets) => {
  const call = parseCall([...words, '--json', '--folder', '/elsewhere'], topology);
  expect(call).toEqual({ targets, folder: '/elsewhere', json: true });
});

it.each([
  [['--cluster', 'vm-z'], '`--cluster`: "vm-z" is not in topology.ts; use vm-a or vm-b.'],
  [
    ['--context', 'prod'],
    '`--context`: "prod" does not say which cluster it is for; use <cluster>=<context>, where the cluster is vm-a or vm-b.',
  ],
  [
    ['--cluster', 'vm-a', '--context', ''],
    '`--context`: "" does not say which cluster it is for; use <cluster>=<context>, where the cluster is vm-a.',
  ],
])('refuses %j', (words, message) => {
  expect(() => parseCall(words, topology)).toThrow(new InvalidInput(`npm run doctor ${message}`));
});

it.each([[['--frobnicate']], [['vm-a']], [['--json=yes']], [['--cluster']], [['--folder', '']]])(
  'answers %j with the usage',
  (words) => {
    expect(() => parseCall(words, topology)).toThrow(UsageError);
  },
);
