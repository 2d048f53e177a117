import { describe, expect, it } from 'vitest';
import { topology as production } from '../../../examples/production.ts';
import { InvalidInput } from '../../../model/checks.ts';
import type { Stream } from '../../../model/jetstream.ts';
import { resolve } from '../../../model/resolve.ts';
import type { BrokerCluster, LeafCluster, Topology } from '../../../model/topology.ts';
import { topology as plain } from '../../../topology.ts';

const [events] = production.brokerCluster.streams as [Stream];
const [first, second] = production.leafClusters as [LeafCluster, LeafCluster];

const broker = (change: Partial<BrokerCluster>): Topology => ({
  ...production,
  brokerCluster: { ...production.brokerCluster, ...change },
});
const stream = (change: Partial<Stream>) => broker({ streams: [{ ...events, ...change }] });
const leaf = (change: Partial<LeafCluster>): Topology => ({
  ...production,
  leafClusters: [{ ...first, ...change }, second],
});
const own: Stream = { name: 'LOCAL', subjects: ['local.>'], maxAge: '1h', maxBytes: '1Gi' };
const jetStream = { storage: { size: '10Gi' } };

describe('the streams of a topology', () => {
  it('are taken as examples/production.ts has them', () => {
    const { broker, leaves } = resolve(production);
    expect(broker.streams).toMatchObject([{ name: 'EVENTS', replicas: 3, duplicateWindow: '1h' }]);
    expect(leaves.map(({ mirrors }) => mirrors)).toMatchObject([[{ replicas: 1 }], [{ replicas: 1 }]]);
  });

  it('may be a leaf’s own, on subjects that no other stream has', () => {
    const topology = leaf({ streams: [own], jetStream: { storage: { size: '20Gi' } } });
    expect(resolve(topology).leaves[0]!.streams).toMatchObject([{ ...own, replicas: 1 }]);
  });

  it('are on three servers of a leaf that has them, its mirrors likewise', () => {
    const topology = leaf({ replicas: 3, streams: [own], jetStream: { storage: { size: '20Gi' } } });
    const [three] = resolve(topology).leaves;
    expect([...three!.streams, ...three!.mirrors]).toMatchObject([{ replicas: 3 }, { replicas: 3 }]);
    expect(resolve(leaf({ replicas: 5 })).leaves[0]!.mirrors).toMatchObject([{ replicas: 3 }]);
  });

  it.each<[string, Topology, string]>([
    [
      'of a leaf on more servers than it has left',
      leaf({ streams: [{ ...own, replicas: 3 }], jetStream: { storage: { size: '20Gi' } } }),
      '`leafClusters[0].streams[0].replicas`: 3 is not a number of 1 servers that can agree; use 1, 3 or 5, and no more than there are.',
    ],
    [
      'without JetStream',
      broker({ jetStream: undefined }),
      "`brokerCluster.jetStream`: is missing, but streams are kept; use for example { storage: { size: '10Gi' } }.",
    ],
    [
      'on JetStream without storage',
      broker({ jetStream: {} as never }),
      "`brokerCluster.jetStream`: has no storage; use for example { storage: { size: '10Gi' } }.",
    ],
    [
      'on storage of an unknown unit',
      broker({ jetStream: { storage: { size: '10GB' } } }),
      '`brokerCluster.jetStream.storage.size`: "10GB" is not an amount of storage; use for example 10Gi.',
    ],
    [
      'that outgrow the volume',
      stream({ maxBytes: '10Gi' }),
      '`brokerCluster.jetStream.storage.size`: 10Gi is too small for the maxBytes of all streams here; use at least 12Gi, or lower them.',
    ],
    [
      'under a name with a dot',
      stream({ name: 'a.b' }),
      "`brokerCluster.streams[0].name`: \"a.b\" is not a name; use at most 64 letters, digits, '-' and '_', such as EVENTS.",
    ],
    [
      'without a subject',
      stream({ subjects: [] }),
      "`brokerCluster.streams[0].subjects`: [] names no subject; use for example ['test.>'].",
    ],
    [
      'on reserved subjects',
      stream({ subjects: ['$JS.API.>'] }),
      '`brokerCluster.streams[0].subjects`: "$JS.API.>" is reserved; use a subject of your own, such as test.messages.',
    ],
    [
      'with a misspelt property',
      stream({ maxbytes: '1Gi' } as never),
      '`brokerCluster.streams[0]`: has no property "maxbytes"; use name, subjects, maxAge, maxBytes, replicas, duplicateWindow, expected, allowDataLoss.',
    ],
    [
      'for a time that is none',
      stream({ maxAge: '1w' }),
      '`brokerCluster.streams[0].maxAge`: "1w" is not a length of time; use a whole number and s, m, h or d, such as 24h.',
    ],
    [
      'on an even number of servers',
      stream({ replicas: 2 }),
      '`brokerCluster.streams[0].replicas`: 2 is not a number of 3 servers that can agree; use 1, 3 or 5, and no more than there are.',
    ],
    [
      'on more servers than there are',
      stream({ replicas: 5 }),
      '`brokerCluster.streams[0].replicas`: 5 is not a number of 3 servers that can agree; use 1, 3 or 5, and no more than there are.',
    ],
    [
      'for less than the longest partition',
      stream({ maxAge: '12h' }),
      '`brokerCluster.streams[0].maxAge`: 12h is shorter than longestPartition, so that a cluster cut off for that long would miss messages; use at least 24h.',
    ],
    [
      'with less room than the longest partition fills',
      stream({ maxBytes: '1Gi' }),
      '`brokerCluster.streams[0].maxBytes`: 1Gi holds less than the expected load of 24h; use at least 2472Mi.',
    ],
    [
      'that remember ids for longer than messages',
      stream({ duplicateWindow: '8d' }),
      '`brokerCluster.streams[0].duplicateWindow`: 8d is longer than maxAge; use at most 7d.',
    ],
    [
      'of one name',
      broker({ streams: [events, { ...own, name: 'EVENTS' }], jetStream }),
      '`brokerCluster.streams[1]`: "EVENTS" is used twice, by brokerCluster.streams[0] too; give each stream of a cluster a name of its own.',
    ],
    [
      'on one subject',
      broker({ streams: [events, { ...own, maxAge: '2d', subjects: ['test.*'] }], jetStream }),
      '`brokerCluster.streams`: "test.*" of LOCAL is kept by "test.>" of EVENTS already; keep each subject once.',
    ],
    [
      'of a leaf, on the subjects of the broker cluster',
      leaf({ mirrors: [], subscribers: [], streams: [{ ...own, subjects: ['test.messages'] }] }),
      "`leafClusters[0].streams[0].subjects`: [\"test.messages\"] are kept by the broker cluster's EVENTS too, so that each message would be stored and acknowledged twice; use `mirrors: ['EVENTS']` instead.",
    ],
    [
      'mirrored, that no broker has',
      leaf({ mirrors: ['ORDERS'] }),
      '`leafClusters[0].mirrors[0]`: "ORDERS" is no stream of the broker cluster; use EVENTS.',
    ],
    [
      'that a consumer does not find',
      leaf({ consumers: [{ name: 'audit', stream: 'ORDERS' }] }),
      '`leafClusters[0].consumers[0].stream`: "ORDERS" is no stream of this cluster; use EVENTS.',
    ],
    [
      'that a subscriber does not find',
      leaf({ mirrors: [] }),
      '`leafClusters[0].subscribers[0].stream`: "EVENTS" is no stream of this cluster; list it in `streams` or `mirrors` first.',
    ],
    [
      'that a publisher does not find',
      broker({ publishers: [{ name: 'p', subject: 'test.a', stream: 'ORDERS' }] }),
      '`brokerCluster.publishers[0].stream`: "ORDERS" is no stream of this cluster; use EVENTS.',
    ],
    [
      'that do not keep what a publisher sends',
      broker({ publishers: [{ name: 'p', subject: 'other', stream: 'EVENTS' }] }),
      '`brokerCluster.publishers[0].subject`: "other" is not kept by EVENTS; use a subject of ["test.>"].',
    ],
    [
      'with a consumer twice',
      leaf({ consumers: [{ name: 'nats-subscriber', stream: 'EVENTS' }] }),
      '`leafClusters[0].consumers[1]`: "EVENTS.nats-subscriber" is used twice, by leafClusters[0].consumers[0] too; give each consumer of a stream a name of its own.',
    ],
    [
      'with a consumer that nobody lists',
      leaf({ subscribers: [{ name: 's', subject: 'test.>', stream: 'EVENTS', consumer: 'audit' }] }),
      '`leafClusters[0].subscribers[0].consumer`: "audit" is no consumer of "EVENTS"; list it in the `consumers` of the cluster.',
    ],
    [
      'in two domains of one name',
      { ...production, leafClusters: [{ ...first, name: 'vm-a' }] },
      '`leafClusters[0].name`: "vm-a" is used twice, by brokerCluster.name too; give each cluster a name of its own.',
    ],
    [
      'beside a workload of the controller’s name',
      leaf({ subscribers: [{ name: 'nats-streams', subject: 'test.>' }] }),
      '`leafClusters[0].subscribers[0].name`: "nats-streams" is used twice, by the controller of the streams too; give each workload of a cluster a name of its own.',
    ],
    [
      'with consumers but no JetStream',
      { ...plain, brokerCluster: { ...plain.brokerCluster, consumers: [{ name: 'a', stream: 'B' }] } },
      "`brokerCluster.jetStream`: is missing, but streams are kept; use for example { storage: { size: '10Gi' } }.",
    ],
    ...['>', '*.>', '*.created', '*.API.x'].map((subject): [string, Topology, string] => [
      `on ${subject}, which takes in the server's own subjects`,
      stream({ subjects: [subject] }),
      `\`brokerCluster.streams[0].subjects\`: "${subject}" takes in $JS.>, which belongs to the server, so that no server makes the stream; begin with a word, such as test.>.`,
    ]),
    [
      'for longer than NATS can count',
      stream({ maxAge: '110000d' }),
      '`brokerCluster.streams[0].maxAge`: "110000d" is longer than NATS can count; use at most 106751d.',
    ],
    [
      'of more than can be counted',
      stream({ maxBytes: '899999999Ti' }),
      '`brokerCluster.streams[0].maxBytes`: "899999999Ti" is more than can be counted; use at most 4096Ti.',
    ],
    [
      'whose consumer waits for longer than NATS can count',
      leaf({ consumers: [{ name: 'audit', stream: 'EVENTS', ackWait: '999999999d' }] }),
      '`leafClusters[0].consumers[0].ackWait`: "999999999d" is longer than NATS can count; use at most 106751d.',
    ],
    [
      'whose consumer has a number that NATS cannot read',
      leaf({ consumers: [{ name: 'audit', stream: 'EVENTS', maxDeliver: 1e30 }] }),
      '`leafClusters[0].consumers[0].maxDeliver`: 1e+30 is not a number of messages; use a whole number above 0, at most 1000000000.',
    ],
    [
      'with a load that is none, where no partition is said',
      { ...stream({ expected: { messagesPerSecond: 0, bytesPerMessage: 1 } }), longestPartition: undefined },
      '`brokerCluster.streams[0].expected`: {"messagesPerSecond":0,"bytesPerMessage":1} is no load; use numbers above 0.',
    ],
    [
      'on storage of a class that no cluster has',
      broker({ jetStream: { storage: { size: '10Gi', className: 'Not Valid!' } } }),
      '`brokerCluster.jetStream.storage.className`: "Not Valid!" is not the name of a storage class; use for example local-path.',
    ],
    [
      'that a subscriber reads for a subject that they do not keep',
      leaf({ subscribers: [{ name: 's', subject: 'other', stream: 'EVENTS' }] }),
      '`leafClusters[0].subscribers[0].subject`: "other" is not kept by EVENTS, so that nothing would be heard; use a subject of ["test.>"].',
    ],
    [
      'that a consumer has for a subject that they do not keep',
      leaf({ consumers: [{ name: 'audit', stream: 'EVENTS', subject: 'other.>' }] }),
      '`leafClusters[0].consumers[0].subject`: "other.>" is not kept by EVENTS, so that nothing would be heard; use a subject of ["test.>"].',
    ],
    [
      'with a misspelt property of the storage',
      broker({ jetStream: { storage: { size: '10Gi', class: 'fast' } as never } }),
      '`brokerCluster.jetStream.storage`: has no property "class"; use size, className.',
    ],
    [
      'with a misspelt property of the load',
      stream({ expected: { messagesPerSecond: 1, bytes: 1 } as never }),
      '`brokerCluster.streams[0].expected`: has no property "bytes"; use messagesPerSecond, bytesPerMessage.',
    ],
    [
      'that may be deleted and would be made again',
      broker({ deletable: ['EVENTS'] }),
      '`brokerCluster.deletable`: "EVENTS" would be made again at once; take it out of the topology first.',
    ],
    [
      'that may be deleted under a name that none has',
      broker({ deletable: ['a.b.c'] }),
      '`brokerCluster.deletable`: "a.b.c" is no stream or consumer; use a name such as OLD or EVENTS.audit.',
    ],
    [
      'that may be deleted, without a list',
      broker({ deletable: 'OLD' as never }),
      "`brokerCluster.deletable`: \"OLD\" is not a list; use for example ['OLD', 'EVENTS.audit'].",
    ],
  ])('are refused %s', (_, topology, message) => {
    expect(() => resolve(topology)).toThrow(new InvalidInput(`topology.ts ${message}`));
  });
});
