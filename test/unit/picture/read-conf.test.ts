import { expect, it } from 'vitest';
import { at, listed, readConf } from '../../../constructs/nats/read-conf.ts';
import { Include, natsConfig, Variable } from '../../../constructs/nats/write-conf.ts';

const nothing = () => '';

it('reads back what natsConfig writes', () => {
  const conf = {
    port: 4222,
    on: true,
    awkward: 'a "quoted" \\ {brace} \t\u0001 ✓ : [x]',
    nested: { list: ['a', 'b'], blocks: [{ user: 'x' }, { user: 'y' }], empty: {} },
  };
  expect(readConf(natsConfig(conf), nothing)).toEqual(conf);
});

it('reads included files in their place, and variables by name', () => {
  const text = natsConfig({
    name: new Variable('SERVER_NAME'),
    accounts: { file: new Include('../a.conf') },
  });
  expect(readConf(text, (path) => `from: "${path}"`)).toEqual({
    name: '$SERVER_NAME',
    accounts: { from: '../a.conf' },
  });
});

it('reads what a key of a block around it stands for', () => {
  const text = natsConfig({
    may: { publish: 'outer' },
    app: { may: { publish: 'inner' }, users: [{ user: 'a', permissions: new Variable('may') }] },
    other: new Variable('may'),
  });
  expect(readConf(text, nothing)).toMatchObject({
    app: { users: [{ user: 'a', permissions: { publish: 'inner' } }] },
    other: { publish: 'outer' },
  });
});

it.each([
  ['port = 4222', 'no colon after port'],
  ['users: [', 'ends too early'],
])('refuses %j, which natsConfig does not write', (text, problem) => {
  expect(() => readConf(text, nothing)).toThrow(problem);
});

it('finds entries by path and takes a missing one for an empty list', () => {
  expect(at({ a: { b: 1 } }, 'a', 'b')).toBe(1);
  expect(listed(at({ a: 1 }, 'a', 'b'))).toEqual([]);
});
