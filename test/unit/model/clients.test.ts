import { describe, expect, it } from 'vitest';
import { topology as example } from '../../../examples/clients.ts';
import { topology as everyProperty } from '../../../examples/every-property.ts';
import { InvalidInput } from '../../../model/checks.ts';
import type { Client } from '../../../model/client.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology as plain } from '../../../topology.ts';

const orders: Client = { name: 'orders', namespace: 'shop', publish: ['orders.created'] };
const broker = (...clients: Client[]): Topology => ({
  ...plain,
  brokerCluster: { ...plain.brokerCluster, clients },
});
const changed = (change: object) => broker({ ...orders, ...change });
const office = (client: Client): Topology => ({
  ...example,
  brokerCluster: { ...example.brokerCluster, clients: [client] },
});

describe('a client', () => {
  it('has its name for whatever else it may be called', () => {
    const { broker: model } = resolve(changed({}));
    expect(model.clients).toEqual([
      {
        ...{ name: 'orders', namespace: 'shop', serviceAccount: 'orders', user: 'orders' },
        ...{ publish: ['orders.created'], subscribe: [] },
        ...{ stream: undefined, consumer: undefined, podLabels: undefined },
      },
    ]);
    expect(model.users.filter(({ kind }) => kind === 'client')).toEqual([
      { name: 'orders', kind: 'client', password: 'vm-a/orders', certificate: 'vm-a-orders' },
    ]);
  });

  it('of a leaf has no certificate, and all that it says and hears crosses the link', () => {
    const { leaves } = resolve(example);
    const [{ users, publish, subscribe, acknowledged, consumers }] = leaves as [(typeof leaves)[0]];
    expect(users.filter(({ kind }) => kind === 'client').map(({ certificate }) => certificate)).toEqual([
      undefined,
      undefined,
    ]);
    expect({ publish, subscribe, acknowledged }).toEqual({
      ...{ publish: ['carts.>'], subscribe: ['reports.ready'], acknowledged: ['checkout-1'] },
    });
    expect(consumers).toMatchObject([{ name: 'tills', stream: 'ORDERS', subject: undefined }]);
  });

  it('reads its stream from the consumer that it names, from one of its own, or not at all', () => {
    const { broker: model, leaves } = resolve(example);
    const consumers = [...model.clients, ...leaves[0]!.clients].map(({ name, consumer }) => [name, consumer]);
    expect(consumers).toEqual([
      ['orders', undefined],
      ['reports', 'daily'],
      ['tills', 'tills'],
      ['checkout', undefined],
    ]);
  });
});

const twice = 'is used twice, by';
const reader: Client = { name: 'a', namespace: 'shop', stream: 'ORDERS' };

it.each<[string, Topology, string]>([
  [
    'two clients of one service account with different rights',
    broker(orders, { ...orders, name: 'bills', serviceAccount: 'orders', publish: ['bills'] }),
    `clients[1].serviceAccount\`: "orders.shop" ${twice} brokerCluster.clients[0].serviceAccount too; the mesh cannot tell two clients of one service account apart, so make one of them, or give each an account of its own.`,
  ],
  [
    'two clients of one name',
    broker(orders, { ...orders, namespace: 'bills', user: 'bills' }),
    `clients[1].name\`: "orders" ${twice} brokerCluster.clients[0].name too; give each client of a cluster a name of its own.`,
  ],
  [
    'the user of a publisher',
    changed({ user: 'natsuser' }),
    `clients[0].user\`: "natsuser" ${twice} brokerCluster.publishers[0].user too; give each client of a cluster a user of its own.`,
  ],
  [
    'the name of the system user',
    changed({ name: 'sys' }),
    `clients[0].name\`: "sys" ${twice} the system account too; give each client of a cluster a user of its own.`,
  ],
  [
    'the certificate of a publisher',
    changed({ name: 'nats-publisher' }),
    `clients[0].name\`: "nats-publisher" ${twice} brokerCluster.publishers[0].name too; give each client of a cluster a name of its own.`,
  ],
  [
    'the namespace of the servers',
    changed({ namespace: 'nats-system' }),
    'clients[0].namespace`: "nats-system" is that of the servers, which nobody else deploys to; use a namespace of its own, or list it in `publishers` or `subscribers` with its `image`.',
  ],
  [
    'a namespace of the system',
    changed({ namespace: 'kube-system' }),
    'clients[0].namespace`: "kube-system" is not for applications; use a namespace of its own.',
  ],
  [
    'a namespace that Kubernetes refuses',
    changed({ namespace: 'Shop' }),
    'clients[0].namespace`: "Shop" is not the name of a namespace; use at most 63 lower-case letters, digits and \'-\', such as shop.',
  ],
  [
    'no namespace',
    changed({ namespace: undefined }),
    "clients[0].namespace`: undefined is not the name of a namespace; use at most 63 lower-case letters, digits and '-', such as shop.",
  ],
  [
    'a service account that Kubernetes refuses',
    changed({ serviceAccount: 'a_b' }),
    "clients[0].serviceAccount`: \"a_b\" is not the name of a service account; use lower-case letters, digits, '-' and '.', such as orders.",
  ],
  [
    'a label value that Kubernetes refuses',
    changed({ podLabels: { app: 'a b' } }),
    "clients[0].podLabels`: \"a b\" is not the value of a label; use at most 63 letters, digits, '-', '_' and '.'.",
  ],
  [
    'labels that are a text',
    changed({ podLabels: 'orders' }),
    'clients[0].podLabels`: "orders" is not an object; use for example { app: \'orders\' }.',
  ],
  [
    'no label at all',
    changed({ podLabels: {} }),
    'clients[0].podLabels`: names no label; leave it out to let every pod of its namespace in.',
  ],
  [
    'nothing to do',
    changed({ publish: [] }),
    'clients[0].publish`: "orders" may do nothing; give it `publish`, `subscribe` or a `stream`.',
  ],
  [
    'an inbox as a subject',
    changed({ subscribe: ['_INBOX.>'] }),
    'clients[0].subscribe`: "_INBOX.>" is reserved; use a subject of your own, such as test.messages.',
  ],
  [
    'a consumer of no stream',
    changed({ consumer: 'daily' }),
    'clients[0].consumer`: "daily" is of no stream; name its `stream` as well.',
  ],
  [
    'a subject outside its stream',
    office({ ...orders, stream: 'ORDERS', publish: ['orders.created', 'bills.>'] }),
    'clients[0].publish`: "bills.>" is not kept by ORDERS; use a subject of ["orders.>"].',
  ],
  [
    'a stream that is not there',
    office({ ...reader, stream: 'BILLS' }),
    'clients[0].stream`: "BILLS" is no stream of this cluster; use ORDERS.',
  ],
  [
    'a consumer that is not there',
    office({ ...reader, consumer: 'weekly' }),
    'clients[0].consumer`: "weekly" is no consumer of "ORDERS"; use daily.',
  ],
])('is refused with %s', (_, topology, message) => {
  expect(() => resolve(topology)).toThrow(new InvalidInput(`topology.ts \`brokerCluster.${message}`));
});

it('may be of one service account name in several namespaces, and read and publish with one consumer', () => {
  const bills = { ...orders, namespace: 'bills', name: 'bills', serviceAccount: 'orders' };
  expect(resolve(broker(orders, bills)).broker.clients).toHaveLength(2);
  expect(resolve(everyProperty).leaves[0]!.clients).toMatchObject([{ consumer: 'audit', user: 'warehouse' }]);
});
