import { type Row, repeatUntil } from './row.ts';
import type { AttackScene } from './scene.ts';

/** Everybody whom the topology names. */
export function legitimate(): Row[] {
  const client = { at: 'broker, clients', admitted: true } as const;
  return [
    {
      ...client,
      ...{ who: 'publisher', does: 'publishes to its subject', told: /PONG/ },
      act: (s) =>
        s.client(s.login('vm-a-nats-publisher', 'natsuser'), { lines: ['PUB test.messages 2\r\nhi'] }),
    },
    {
      ...client,
      ...{
        who: 'external client',
        does: 'receives what it may',
        told: /MSG test\.messages 1 \d+\r\nMessage #\d+/,
      },
      act: (s) =>
        s.client(
          s.login('vm-a-billing', 'billing'),
          { lines: ['SUB test.messages 1'], until: 'PONG[^]*Message #' },
          s.external,
        ),
    },
    {
      ...client,
      ...{ who: 'application', does: 'says and hears what it may, and listens to inboxes of its own' },
      told: /MSG carts\.paid 1 2\r\nhi/,
      act: (s) =>
        s.client(s.login('vm-a-web', 'shop'), {
          lines: ['SUB carts.paid 1', 'SUB _INBOX_shop.x 2', 'PUB carts.paid 2\r\nhi'],
          until: 'MSG carts[^]*hi[^]*PONG|PONG[^]*MSG carts[^]*hi',
        }),
    },
    {
      ...client,
      ...{
        who: 'system user',
        does: 'asks the server about itself',
        told: /MSG reply 1 .*\r\n\{"server":/,
      },
      act: (s) =>
        s.client(s.login('vm-a-sys', 'sys'), {
          lines: ['SUB reply 1', 'PUB $SYS.REQ.SERVER.PING reply 0\r\n'],
          until: 'PONG[^]*"server":\\{[^]*\\r\\n',
        }),
    },
    {
      ...{ at: 'leaf, clients', who: 'doctor', does: 'hears what it says on the broker', admitted: true },
      told: /MSG _DOCTOR\.x 1 2\r\nhi/,
      act: async (s) => {
        const login = { user: 'doctor', pass: s.credentials.password('vm-b/doctor') };
        const heard = s.leafClient(login, { lines: ['SUB _DOCTOR.x 1'], until: 'MSG _DOCTOR[^]*hi' });
        const words = { lines: ['PUB _DOCTOR.x 2\r\nhi'] };
        return repeatUntil(heard, () => s.client(s.login('vm-a-doctor', 'doctor'), words));
      },
    },
    ...['vm-b', 'vm-c'].map(
      (cluster): Row => ({
        ...{
          at: 'broker, leaves',
          who: `leaf of ${cluster}`,
          does: 'joins',
          admitted: true,
          told: /leaf .*/,
        },
        act: (s) => s.ownLeaf(cluster),
      }),
    ),
    {
      ...{ at: 'leaf, clients', who: 'subscriber', does: 'logs what was published on vm-a', admitted: true },
      told: /✓ Received: Message #\d+/,
      act: async (s) => {
        const subscriber = [...s.b.pods.values()].find(({ name }) => name.startsWith('nats-subscriber'))!;
        const [told] = await subscriber.waitForLog(/✓ Received: Message .*/);
        return { admitted: true, told };
      },
    },
  ];
}

/** The leaves, when nobody poses as their broker any more. */
export const afterwards = (): Row[] =>
  ['vm-b', 'vm-c'].map((cluster) => ({
    ...{ at: 'broker, leaves', who: `leaf of ${cluster}`, does: 'is back when the impostor is gone' },
    ...{ admitted: true, told: /leaf .*/ },
    act: async (s: AttackScene) => {
      await s.redirect(s.broker.ip);
      return s.ownLeaf(cluster);
    },
  }));
