import { Chart } from 'cdk8s';
import { expect, it } from 'vitest';
import {
  InvalidInput,
  NatsBroker,
  NatsClient,
  type NatsClientProps,
  NatsLeaf,
  type NatsServer,
  RequiredSecret,
} from '../../../constructs/index.ts';
import { at, listed, readConf } from '../../../constructs/nats/read-conf.ts';
import { cluster, credentials, object, objects, rules, secretTexts } from './fixtures.ts';

/** A client of a broker in a chart of its own team's, in the same app. */
function clientWith(props: Partial<NatsClientProps> = {}) {
  const { app, chart, namespace } = cluster();
  const server = new NatsBroker(chart, 'broker', { namespace, cluster: 'vm-a', address: '1.1.1.1' });
  const theirs = new Chart(app, 'shop');
  const orders = { name: 'orders', namespace: 'shop', publish: ['orders.>'], server };
  return { app, chart, theirs, server, client: new NatsClient(theirs, 'nats', { ...orders, ...props }) };
}

const accounts = (server: NatsServer) =>
  RequiredSecret.all(server).find(({ name }) => name === `${server.name}-accounts`)!.keys['accounts.conf']!(
    credentials,
  );

const identities = (chart: Chart) =>
  (object(chart, 'MeshTLSAuthentication', 'nats-broker-nats-mesh').spec as { identityRefs: object[] })
    .identityRefs;

it('is let in by the mesh as one service account, and by the packet filter from its pods', () => {
  const { chart } = clientWith({ serviceAccount: 'web', podLabels: { app: 'web' } });
  expect(identities(chart)).toEqual([{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }]);
  expect(rules(chart, 'nats-broker', 'ingress')).toEqual([
    {
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
          podSelector: { matchLabels: { app: 'web' } },
        },
      ],
      ports: [{ port: 4143, protocol: 'TCP' }],
    },
  ]);
});

it('needs one rule of the packet filter for all clients of a namespace', () => {
  const { chart, theirs, server } = clientWith();
  new NatsClient(theirs, 'bills', { server, name: 'bills', namespace: 'shop', publish: ['bills'] });
  expect(rules(chart, 'nats-broker', 'ingress')).toHaveLength(1);
  expect(identities(chart)).toHaveLength(2);
});

it('is a NATS user with its subjects, its own inboxes and its consumer, and nothing more', () => {
  const { server } = clientWith({
    user: 'shop-1',
    subscribe: ['bills'],
    stream: 'ORDERS',
    consumer: 'daily',
  });
  const users = listed(
    at(
      readConf(accounts(server), () => ''),
      'APP',
      'users',
    ),
  );
  const user = users.find((each) => at(each, 'user') === 'shop-1');
  expect(at(user, 'permissions')).toEqual({
    publish: {
      allow: [
        'orders.>',
        '$JS.API.STREAM.INFO.ORDERS',
        '$JS.API.CONSUMER.INFO.ORDERS.daily',
        '$JS.API.CONSUMER.MSG.NEXT.ORDERS.daily',
        '$JS.API.CONSUMER.RESET.ORDERS.daily',
        '$JS.ACK.ORDERS.daily.>',
        '$JS.ACK.vm-a.*.ORDERS.daily.>',
      ],
    },
    subscribe: { allow: ['bills', '_INBOX_shop-1.>'] },
  });
});

it('finds all that it needs in one Secret in its namespace', () => {
  const { theirs, client } = clientWith();
  expect(RequiredSecret.all(theirs)).toMatchObject([{ name: 'nats-orders', namespace: 'shop' }]);
  expect(secretTexts(theirs)).toEqual({
    'nats-orders/url': 'nats://nats-broker.nats-system.svc.cluster.local:4222',
    'nats-orders/username': 'orders',
    'nats-orders/password': 'password vm-a/orders',
    'nats-orders/ca.crt': 'the NATS CA',
    'nats-orders/tls.crt': 'certificate vm-a-orders',
    'nats-orders/tls.key': 'key vm-a-orders',
  });
  expect(client).toMatchObject({ secretName: 'nats-orders', user: 'orders', inboxPrefix: '_INBOX_orders' });
});

it('needs no certificate for a leaf', () => {
  const hub = clientWith().server.acceptLeaf({ cluster: 'vm-b', networks: ['2.2.2.2/32'] });
  const { chart, namespace } = cluster();
  const server = new NatsLeaf(chart, 'leaf', { namespace, cluster: 'vm-b', broker: hub });
  const client = new NatsClient(chart, 'till', {
    server,
    name: 'till',
    namespace: 'shop',
    subscribe: ['prices'],
  });
  const [secret] = RequiredSecret.all(client);
  expect(Object.keys(secret!.keys)).toEqual(['url', 'username', 'password']);
});

it('adds an object for its pods only where it is asked to let them out', () => {
  const { theirs, client } = clientWith({ podLabels: { app: 'web' } });
  expect(objects(theirs)).toEqual([]);
  client.allowEgress(theirs);
  expect(objects(theirs)).toMatchObject([
    { kind: 'NetworkPolicy', metadata: { name: 'nats-orders', namespace: 'shop' } },
  ]);
  const out = rules(theirs, 'nats-orders', 'egress');
  expect(out.at(-1)).toEqual({
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'nats-system' } },
        podSelector: { matchLabels: { app: 'nats-broker' } },
      },
    ],
    ports: [{ port: 4143, protocol: 'TCP' }],
  });
  expect(out).toHaveLength(3);
});

it.each<[string, () => unknown, string]>([
  [
    'of another cluster',
    () =>
      new NatsClient(cluster().chart, 'x', {
        server: clientWith().server,
        name: 'x',
        namespace: 'a',
        publish: ['a'],
      }),
    'NatsBroker `allow`: x runs in another cluster or namespace than nats-broker of vm-a; give it the server of its own.',
  ],
  [
    'with the service account of another',
    () => {
      const { theirs, server } = clientWith();
      const same = { server, namespace: 'shop', serviceAccount: 'orders', publish: ['a'] };
      return new NatsClient(theirs, 'x', { ...same, name: 'x' });
    },
    'NatsBroker `allow`: x has the service account of another client; give each client its own.',
  ],
  [
    'with the user of another',
    () => {
      const { theirs, server } = clientWith();
      return new NatsClient(theirs, 'x', {
        server,
        name: 'x',
        user: 'orders',
        namespace: 'shop',
        publish: ['a'],
      });
    },
    'NatsBroker `user`: nats-broker already has a NATS user "orders"; give each client a name of its own.',
  ],
  [
    'in the namespace of the server',
    () => clientWith({ namespace: 'nats-system' }),
    'NatsClient `namespace`: "nats-system" is that of the servers, which nobody else deploys to; use a namespace of its own, or list it in `publishers` or `subscribers` with its `image`.',
  ],
])('refuses a client %s', (_, make, message) => {
  expect(make).toThrow(new InvalidInput(message));
});
