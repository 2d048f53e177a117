import fc from 'fast-check';
import type { Listener } from '../../../model/listener.ts';
import type { BrokerCluster, LeafCluster, Topology, Workload } from '../../../model/topology.ts';

/** What a configuration language, a URL or a shell might stumble over. */
const AWKWARD = [
  ...[
    '"',
    "'",
    '`',
    '\\',
    '\\"',
    '\\x41',
    '\\u0041',
    '$',
    '$HOME',
    '$SERVER_NAME',
    '$$',
    '${X}',
    '$(id)',
    '#',
    '//',
    ';',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ',',
    ':',
    '=',
    '%',
    '%00',
    '%2F',
    '@',
    '/',
    '?',
    '&',
    '+',
    '~',
    '*',
    '>',
    '.',
    '..',
  ],
  ...['\n', '\r\n', '\t', ' ', '\0', '\x01', '\x1b', '\x7f', '\x85', '\u00a0', '\u2028', '\ufeff', '\u202e'],
  ...[
    'é',
    'ß',
    '中文',
    '🔑',
    'e\u0301',
    '\ud800',
    '\udc00',
    '\nport: 1',
    '" }\nauthorization: {}',
    'include x',
    'true',
  ],
  ...[
    '0',
    '1k',
    '1GB',
    '1s',
    '-1',
    '$2a$10$',
    '$2b$04$abcdefghijklmnopqrstuv',
    'bcrypt',
    'null',
    'u'.repeat(3000),
  ],
];

/** Any text at all: printable characters, the awkward ones, and every code unit. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ unit: 'grapheme-ascii', maxLength: 4 })), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

export const passwords = anyText;

/** Mostly what is meant to be taken, sometimes anything. */
const mostly = <T>(good: fc.Arbitrary<T>, any: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: good, weight: 60 }, { arbitrary: any, weight: 1 });

const label = fc.stringMatching(/^[a-z][-a-z0-9]{3,12}[a-z0-9]$/);
const longLabel = fc.stringMatching(/^[a-z][-a-z0-9]{48,51}[a-z0-9]$/);
const names = mostly(
  fc.oneof({ arbitrary: label, weight: 20 }, { arbitrary: longLabel, weight: 1 }),
  anyText,
);

/** A token of a subject, of everything that NATS itself allows in one. */
const token = fc
  .oneof(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }), fc.constantFrom(...AWKWARD))
  .map((text) => text.replace(/[\s.*>\p{C}]/gu, '') || 'x');
const subject = fc
  .array(token, { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.join('.').replace(/^[$-]/, 'x$&'));
const wildcard = fc.tuple(subject, fc.constantFrom('*', '>', '*.*', '*.>')).map((parts) => parts.join('.'));
const subjects = mostly(subject, anyText);
const patterns = mostly(fc.oneof(subject, wildcard), anyText);

const workload = (own: fc.Arbitrary<string>): fc.Arbitrary<Workload> =>
  fc.record(
    {
      name: names,
      user: names,
      subject: own,
      publish: fc.array(patterns, { maxLength: 2 }),
      subscribe: fc.array(patterns, { maxLength: 2 }),
    },
    { requiredKeys: ['name', 'user', 'subject'] },
  );

const zoned = fc.tuple(fc.ipV6(), anyText).map((parts) => parts.join('%'));
const address = mostly(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.oneof(anyText, zoned));

const cluster = {
  name: names,
  address,
  publishers: fc.array(workload(subjects), { maxLength: 1 }),
  subscribers: fc.array(workload(patterns), { maxLength: 2 }),
};

const listener = (port: number): fc.Arbitrary<Listener> =>
  mostly(
    fc.constantFrom<Listener>({}, { nodePort: port }, { tls: false, insecurePlaintext: true }),
    fc.constantFrom<Listener>({ nodePort: 'closed' }, { nodePort: 1 }, { tls: false }),
  );

const brokerCluster: fc.Arbitrary<BrokerCluster> = fc.record(
  {
    ...cluster,
    issuer: fc.constant('issuer-a'),
    furtherAddresses: fc.array(address, { maxLength: 2 }),
    replicas: fc.constantFrom(1, 3),
    clientListener: listener(31000),
    externalClients: fc.array(
      fc.record({
        name: names,
        networks: fc.constant('anywhere' as const),
        publish: fc.array(patterns, { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['name', 'address', 'issuer'] },
);

/** One kind of link for all leaves, because they share one listener. */
const leaves = (plaintext: boolean): fc.Arbitrary<LeafCluster[]> =>
  fc
    .array(fc.record({ ...cluster, networks: fc.constant('anywhere' as const) }), { maxLength: 2 })
    .map((all) =>
      all.map((leaf, i) => ({
        ...leaf,
        issuer: `issuer-${i}`,
        ...(plaintext ? { link: { kind: 'plaintext', insecurePlaintext: true } } : {}),
      })),
    );

/** Topologies with anything in their names, subjects and addresses, of which most are meant to be taken. */
export const topologies: fc.Arbitrary<Topology> = fc
  .boolean()
  .chain((plaintext) =>
    fc.record(
      { brokerCluster, leafClusters: leaves(plaintext), namespace: names, ipv6: fc.constant(true) },
      { requiredKeys: ['brokerCluster', 'leafClusters', 'ipv6'] },
    ),
  );
