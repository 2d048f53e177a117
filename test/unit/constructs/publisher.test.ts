import { expect, it } from 'vitest';
import { InvalidInput } from '../../../constructs/index.ts';
import { all, publisherWith } from './clients.ts';
import { container, manifest, manifestOf, object, rules, secretTexts, template } from './fixtures.ts';

const accounts = 'nats-broker-accounts/accounts.conf';
const env = (props = {}, name = 'nats-publisher') =>
  container(publisherWith(props).chart, 'Deployment', name).env ?? [];

it.each([
  ['minimal', {}],
  ['all', all],
])('makes the same objects as before with %s props', async (name, props) => {
  const { publisher } = publisherWith(props);
  await expect(manifestOf(publisher)).toMatchFileSnapshot(`snapshots/publisher.${name}.yaml`);
});

it('finds the server, the subject and the files to sign in with in its environment', () => {
  expect(env()).toEqual([
    { name: 'XDG_CONFIG_HOME', value: '/tmp' },
    { name: 'NATS_SUBJECT', value: 'test.messages' },
    { name: 'NATS_URL', value: 'nats://nats-broker.nats-system.svc.cluster.local:4222' },
    { name: 'NATS_USER_FILE', value: '/etc/nats-auth/username' },
    { name: 'NATS_PASSWORD_FILE', value: '/etc/nats-auth/password' },
    { name: 'NATS_CERT', value: '/etc/nats-tls/tls.crt' },
    { name: 'NATS_KEY', value: '/etc/nats-tls/tls.key' },
    { name: 'NATS_CA', value: '/etc/nats-tls/ca.crt' },
  ]);
});

it('has password and certificate from Secrets alone', () => {
  const { chart } = publisherWith();
  expect(secretTexts(chart)).toMatchObject({
    'nats-auth/username': 'natsuser',
    'nats-auth/password': 'password vm-a/natsuser',
    'nats-publisher-tls/tls.crt': 'certificate vm-a-nats-publisher',
    'nats-publisher-tls/tls.key': 'key vm-a-nats-publisher',
    'nats-publisher-tls/ca.crt': 'the NATS CA',
  });
  expect(manifest(chart)).not.toMatch(/password vm-a|certificate vm-a|key vm-a/);
});

it('gets a Secret of its own for a user of its own', () => {
  expect(secretTexts(publisherWith({ user: 'orders' }).chart)).toHaveProperty(
    ['nats-auth-orders/username'],
    'orders',
  );
});

it('has its password in the environment only when that is asked for, and then by reference', () => {
  expect(env().map(({ name }) => name)).not.toContain('NATS_PASSWORD');
  expect(env({ passwordInEnvironment: true })).toEqual(
    expect.arrayContaining([
      { name: 'NATS_USER', valueFrom: { secretKeyRef: { name: 'nats-auth', key: 'username' } } },
      { name: 'NATS_PASSWORD', valueFrom: { secretKeyRef: { name: 'nats-auth', key: 'password' } } },
    ]),
  );
});

it('may publish to its subject and to what it was given, and subscribe to nothing else', () => {
  const { chart } = publisherWith({ publish: ['orders.shipped'], subscribe: ['orders.commands.>'] });
  expect(secretTexts(chart)[accounts]).toContain(
    'permissions: {publish: {allow: ["test.messages", "orders.shipped"]}, subscribe: {allow: ["orders.commands.>"]}}',
  );
  expect(secretTexts(publisherWith().chart)[accounts]).toContain('subscribe: {deny: ">"}');
});

it('reaches its server, names and Linkerd, and is reached by nobody', () => {
  const { chart } = publisherWith();
  expect(rules(chart, 'nats-publisher', 'ingress')).toEqual([]);
  const egress = rules(chart, 'nats-publisher', 'egress');
  expect(egress).toHaveLength(3);
  expect(egress[2]).toEqual({
    to: [{ podSelector: { matchLabels: { app: 'nats-broker' } } }],
    ports: [{ protocol: 'TCP', port: 4143 }],
  });
});

it('never runs twice during a rollout, and may take ten seconds to stop', () => {
  const { chart } = publisherWith();
  expect(object(chart, 'Deployment', 'nats-publisher').spec).toMatchObject({
    replicas: 1,
    strategy: { type: 'Recreate' },
  });
  expect(template(chart, 'Deployment', 'nats-publisher').spec.terminationGracePeriodSeconds).toBe(10);
});

it("runs an application as it is, or by the user's command, which Kubernetes does not expand", () => {
  const { chart } = publisherWith({ image: 'app:1.0.0' });
  const application = container(chart, 'Deployment', 'nats-publisher');
  expect(application).not.toHaveProperty('command');
  expect(application).not.toHaveProperty('workingDir');
  const { command } = container(publisherWith(all).chart, 'Deployment', 'orders');
  expect(command).toEqual(['/app/orders', '--price', '$$(PRICE)']);
});

it('keeps a dollar sign of a subject, which Kubernetes would expand', () => {
  expect(env({ subject: 'a.$(HOME)' })).toContainEqual({ name: 'NATS_SUBJECT', value: 'a.$$(HOME)' });
});

it.each([
  ['`subject`: "test.>" has a wildcard; name one subject, such as test.messages', { subject: 'test.>' }],
  [
    '`image`: "app" is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine',
    { image: 'app' },
  ],
  [
    '`user`: "a b" is not a DNS label; use at most 52 lower-case letters, digits and \'-\', starting with a letter and ending with a letter or digit',
    { user: 'a b' },
  ],
])('refuses %s', (message, props) => {
  expect(() => publisherWith(props)).toThrow(new InvalidInput(`Publisher ${message}.`));
});
