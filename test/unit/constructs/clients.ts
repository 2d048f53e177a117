import {
  NatsBroker,
  NatsLeaf,
  Publisher,
  type PublisherProps,
  Subscriber,
} from '../../../constructs/index.ts';
import { cluster } from './fixtures.ts';

type Props = Omit<PublisherProps, 'server' | 'subject'> & { readonly subject?: string };

/** A publisher of a broker, which asks for a client certificate. */
export function publisherWith(props: Props = {}) {
  const { app, chart, namespace } = cluster();
  const server = new NatsBroker(chart, 'broker', { namespace, cluster: 'vm-a', address: '1.1.1.1' });
  return {
    app,
    chart,
    publisher: new Publisher(chart, 'publisher', { subject: 'test.messages', ...props, server }),
  };
}

/** A subscriber of a leaf, which leaves it to the mesh to know its clients. */
export function subscriberWith(props: Props = {}) {
  const elsewhere = cluster();
  const broker = new NatsBroker(elsewhere.chart, 'broker', {
    namespace: elsewhere.namespace,
    cluster: 'vm-a',
    address: '1.1.1.1',
  }).acceptLeaf({ cluster: 'vm-b', networks: ['2.2.2.2/32'] });
  const { app, chart, namespace } = cluster();
  const server = new NatsLeaf(chart, 'leaf', { namespace, cluster: 'vm-b', broker });
  return {
    app,
    chart,
    subscriber: new Subscriber(chart, 'subscriber', { subject: 'test.messages', ...props, server }),
  };
}

/** Every optional property with a value that is not the default. */
export const all: Required<Props> = {
  name: 'orders',
  subject: 'orders.created',
  stream: 'ORDERS',
  user: 'orders',
  publish: ['orders.shipped'],
  subscribe: ['orders.commands.>'],
  image: 'registry.example.com/orders:1.4.2',
  command: ['/app/orders', '--price', '$(PRICE)'],
  passwordInEnvironment: true,
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  pods: { priorityClassName: 'important', spread: { zones: 'preferred' }, labels: { team: 'orders' } },
};
