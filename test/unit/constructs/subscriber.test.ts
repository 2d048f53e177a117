import { expect, it } from 'vitest';
import { InvalidInput } from '../../../constructs/index.ts';
import { all, subscriberWith } from './clients.ts';
import { container, manifestOf, object, secretTexts } from './fixtures.ts';

it.each([
  ['minimal', {}],
  ['all', all],
])('makes the same objects as before with %s props', async (name, props) => {
  const { subscriber } = subscriberWith(props);
  await expect(manifestOf(subscriber)).toMatchFileSnapshot(`snapshots/subscriber.${name}.yaml`);
});

it('needs no certificate for a leaf, which takes clients from the mesh alone', () => {
  const { chart } = subscriberWith();
  const names = container(chart, 'Deployment', 'nats-subscriber').env?.map(({ name }) => name);
  expect(names).toEqual([
    'XDG_CONFIG_HOME',
    'NATS_SUBJECT',
    'NATS_URL',
    'NATS_USER_FILE',
    'NATS_PASSWORD_FILE',
  ]);
  expect(secretTexts(chart)).not.toHaveProperty(['nats-subscriber-tls/tls.key']);
});

it('has the password of its own server', () => {
  expect(secretTexts(subscriberWith().chart)['nats-auth/password']).toBe('password vm-b/natsuser');
});

it('may subscribe to its subject and to what it was given, and publish nothing else', () => {
  const { chart } = subscriberWith({
    subject: 'orders.*',
    subscribe: ['prices.>'],
    publish: ['orders.seen'],
  });
  expect(secretTexts(chart)['nats-leaf-accounts/accounts.conf']).toContain(
    'permissions: {publish: {allow: ["orders.seen"]}, subscribe: {allow: ["orders.*", "prices.>"]}}',
  );
});

it('is let in by its service account', () => {
  expect(object(subscriberWith().chart, 'MeshTLSAuthentication', 'nats-leaf-nats-mesh').spec).toEqual({
    identityRefs: [{ kind: 'ServiceAccount', name: 'nats-subscriber', namespace: 'nats-system' }],
  });
});

it.each([
  [
    "`subject`: \"a.*b\" misplaces a wildcard; '*' stands for one whole token and '>' for all at the end",
    { subject: 'a.*b' },
  ],
  [
    '`name`: "" is not a DNS label; use at most 52 lower-case letters, digits and \'-\', starting with a letter and ending with a letter or digit',
    { name: '' },
  ],
])('refuses %s', (message, props) => {
  expect(() => subscriberWith(props)).toThrow(new InvalidInput(`Subscriber ${message}.`));
});
