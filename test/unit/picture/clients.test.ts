import { expect, it } from 'vitest';
import { topology as example } from '../../../examples/clients.ts';
import { gaps } from '../../../picture/hop.ts';
import { hops } from '../../../picture/hops.ts';
import { views } from '../../support/picture/topologies.ts';

it('has each client of a namespace of its own as a party, with its own user and nobody else’s', () => {
  const all = hops(views(example));
  const clients = all.filter(({ from }) => from.namespace !== undefined && from.namespace !== 'nats-system');
  expect(
    clients.map(({ from, to, users, callerProves, encryptedBy }) => [
      `${from.cluster}/${from.namespace}/${from.name} → ${to.name}:${to.port}`,
      users.map(({ name }) => name),
      callerProves.map(({ kind }) => kind),
      encryptedBy,
    ]),
  ).toEqual([
    [
      'office/shop/orders → nats-broker:4222',
      ['orders'],
      ['identity', 'certificate', 'password'],
      ['Linkerd', 'NATS'],
    ],
    [
      'office/finance/reports → nats-broker:4222',
      ['reports'],
      ['identity', 'certificate', 'password'],
      ['Linkerd', 'NATS'],
    ],
    ['branch/shop/tills → nats-leaf:4222', ['tills'], ['identity', 'password'], ['Linkerd']],
    ['branch/shop/default → nats-leaf:4222', ['checkout-1'], ['identity', 'password'], ['Linkerd']],
  ]);
  expect(all.flatMap(gaps)).toEqual([]);
  // The policies of their namespaces are no way out for the pods of ours.
  const own = all.filter(({ kind }) => kind === 'client').flatMap(({ admission }) => admission);
  expect(own.flatMap(({ policies }) => policies).filter((name) => /orders|reports|tills/.test(name))).toEqual(
    [],
  );
});
