import { type Listener, type Row, repeatUntil } from './row.ts';
import type { AttackScene, Sight } from './scene.ts';

const RESERVED = ['$SYS.>', '$JS.API.>', '_INBOX.>', '>'];

/** What those who are let in may still not do. */
export function permissions(): Row[] {
  const client = (at: Listener, who: string, dial: (s: AttackScene, lines: string[]) => Promise<Sight>) => {
    const row = (verb: string, log: string, subject: string, line: string): Row => ({
      ...{ at, who, does: `tries to ${verb} ${subject}`, admitted: true },
      told: new RegExp(`-ERR 'Permissions Violation for ${log} to "${literal(subject)}"'`),
      logged: new RegExp(`${log} Violation - Subject "${literal(subject)}"`),
      act: (s) => dial(s, [line]),
    });
    return (publish: string[], subscribe: string[]) => [
      ...[...publish, '$SYS.REQ.SERVER.PING', '$JS.API.INFO', '_INBOX.x'].map((subject) =>
        row('publish to', 'Publish', subject, `PUB ${subject} 2\r\nhi`),
      ),
      ...[...subscribe, ...RESERVED].map((subject) =>
        row('subscribe to', 'Subscription', subject, `SUB ${subject} 1`),
      ),
    ];
  };
  return [
    ...client('broker, clients', 'publisher', (s, lines) =>
      s.client(s.login('vm-a-nats-publisher', 'natsuser'), { lines }),
    )(['other', 'invoices'], ['test.messages']),
    ...client('broker, clients', 'external client', (s, lines) =>
      s.client(s.login('vm-a-billing', 'billing'), { lines }, s.external),
    )(['test.messages', 'edge.status'], ['invoices']),
    ...client('broker, clients', 'application', (s, lines) =>
      s.client(s.login('vm-a-web', 'shop'), { lines }),
    )(['test.messages', 'invoices', '_INBOX_shop.x'], ['test.messages', 'carts.>', '_INBOX_billing.>']),
    ...client('leaf, clients', 'subscriber', (s, lines) =>
      s.leafClient({ user: 'natsuser', pass: s.credentials.password('vm-b/natsuser') }, { lines }),
    )(['test.messages', 'other'], ['other']),
    ...client('broker, clients', 'doctor', (s, lines) =>
      s.client(s.login('vm-a-doctor', 'doctor'), { lines }),
    )(['test.messages', 'invoices'], ['test.messages', '_DOCTOR.>']),
    ...client('leaf, clients', 'doctor', (s, lines) =>
      s.leafClient({ user: 'doctor', pass: s.credentials.password('vm-b/doctor') }, { lines }),
    )(['test.messages', '_DOCTOR.x'], ['test.messages', 'edge.status']),
    ...['test.messages', 'other', '_DOCTOR.x', '$SYS.REQ.SERVER.PING', '$JS.API.INFO', '_INBOX.x'].map(
      (subject) => leafLine('publish to', 'Publish', subject, `LMSG ${subject} 2\r\nhi`),
    ),
    leafLine('subscribe to', 'Subscription', 'other', 'LS+ other'),
    ...RESERVED.map(eavesdrop),
    {
      ...{
        at: 'broker, leaves',
        who: 'leaf of vm-c',
        does: 'publishes what its own publisher does',
        admitted: true,
      },
      told: /MSG edge\.status 1 2\r\nhi/,
      act: async (s) => {
        const lines = ['SUB edge.status 1'];
        const heard = s.client(s.login('vm-a-billing', 'billing'), { lines, until: 'MSG edge' }, s.external);
        const login = s.login('vm-c-nats-leaf', 'leaf-vm-c');
        return repeatUntil(heard, () => s.leafByHand(login, { lines: ['LMSG edge.status 2\r\nhi'] }));
      },
    },
  ];
}

/** A leaf that says what an honest nats-server would not. The broker ends the connection. */
const leafLine = (verb: string, log: string, subject: string, line: string): Row => ({
  ...{ at: 'broker, leaves', who: 'leaf of vm-b', does: `tries to ${verb} ${subject}`, admitted: false },
  told: new RegExp(`-ERR 'Permissions Violation for ${log} to "${literal(subject)}"'`),
  logged: new RegExp(`${log} Violation on "${literal(subject)}"`),
  act: (s) => s.leafByHand(s.login('vm-b-nats-leaf', 'leaf-vm-b'), { lines: [line] }),
});

/** The broker takes a leaf's wildcard and sends it nothing but what the leaf may have. */
const eavesdrop = (wildcard: string): Row => ({
  ...{ at: 'broker, leaves', who: 'leaf of vm-b', does: `listens to ${wildcard}`, admitted: true },
  told: /^received test\.messages$/,
  act: async (s) => {
    // Between two messages that it may have, one passes that it may not.
    const lines = ['LS+ test.messages', `LS+ ${wildcard}`];
    const words = { lines, until: 'PONG[^]*(after the invoice[^]*){2}' };
    const heard = s.leafByHand(s.login('vm-b-nats-leaf', 'leaf-vm-b'), words);
    const { admitted, told } = await repeatUntil(heard, async () => {
      const invoice = { lines: ['PUB invoices 2\r\nhi'] };
      await s.client(s.login('vm-a-billing', 'billing'), invoice, s.external);
      const message = { lines: ['PUB test.messages 17\r\nafter the invoice'] };
      await s.client(s.login('vm-a-nats-publisher', 'natsuser'), message, s.external);
    });
    const subjects = [...told.matchAll(/^LMSG (\S+) /gm)].map(([, subject]) => subject);
    return { admitted, told: `received ${[...new Set(subjects)].join(' ')}` };
  },
});

const literal = (text: string) => text.replace(/[.$>]/g, '\\$&');
