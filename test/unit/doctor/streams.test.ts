import { expect, it } from 'vitest';
import { judgeStreams } from '../../../doctor/checks/streams.ts';
import {
  type ConsumerDetail,
  consumerKey,
  type JetStreamState,
  type StreamDetail,
} from '../../../doctor/jsz.ts';
import { topology as production } from '../../../examples/production.ts';
import { topology as retiring } from '../../../examples/retire-sites.ts';
import { NOW, revoked, target } from './targets.ts';

const GIB = 2 ** 30;

const stream = (change: Partial<StreamDetail> = {}): StreamDetail => ({
  name: 'EVENTS',
  created: '2026-11-01T00:00:00Z',
  config: { max_bytes: 8 * GIB, num_replicas: 3 },
  state: { bytes: GIB, last_seq: 10 },
  cluster: { leader: 'vm-a-nats-broker-1', replicas: [{ name: 'vm-a-nats-broker-0', current: true }] },
  ...change,
});
const copy = (change: Partial<StreamDetail> = {}) =>
  stream({ config: { max_bytes: 8 * GIB, num_replicas: 1 }, mirror: { lag: 0, active: 1e6 }, ...change });
const consumer = (change: Partial<ConsumerDetail> = {}): ConsumerDetail => ({
  ...{ stream_name: 'EVENTS', name: 'nats-subscriber', num_pending: 0, num_ack_pending: 0, num_waiting: 1 },
  delivered: { last_active: NOW.toISOString() },
  ...change,
});

const state = (
  streams: StreamDetail[],
  consumers: ConsumerDetail[] = [],
  used = 0,
  byLeader = true,
): JetStreamState => ({
  stores: [{ pod: 'nats-broker-0', used, most: 10 * GIB }],
  newLeaders: [],
  streams: new Map(streams.map((detail) => [detail.name, { detail, byLeader }])),
  consumers: new Map(
    consumers.map((detail) => [consumerKey(detail.stream_name, detail.name), { detail, byLeader: true }]),
  ),
});
const said = (cluster: string, seen: JetStreamState, topology = production) =>
  judgeStreams(seen, target([], topology, cluster)).map(({ level, what }) => `${level}: ${what}`);
const onBroker = (...seen: Parameters<typeof state>) => said('vm-a', state(...seen));
const onLeaf = (detail: StreamDetail, reader = consumer()) => said('vm-b', state([detail], [reader]));

it('is content with a stream that is led and complete, and a mirror that hears it and is read', () => {
  expect(onBroker([stream()])).toEqual(['ok: EVENTS as described']);
  expect(onLeaf(copy())).toEqual(['ok: EVENTS as described']);
});

it.each([
  ['that is missing', [], 'problem: the stream EVENTS is missing'],
  ['without a leader', [stream({ cluster: {} })], 'problem: the stream EVENTS has no leader'],
  [
    'with a copy that is behind',
    [
      stream({
        cluster: { leader: 'x', replicas: [{ name: 'vm-a-nats-broker-2', current: false, lag: 7 }] },
      }),
    ],
    'warning: the copy of the stream EVENTS on vm-a-nats-broker-2 is 7 messages behind or out of reach',
  ],
  [
    'with too few copies',
    [stream({ config: { max_bytes: 8 * GIB, num_replicas: 1 } })],
    'warning: the stream EVENTS has 1 copies instead of 3',
  ],
  [
    'that is nearly full',
    [stream({ state: { bytes: 7.6 * GIB, last_seq: 10 } })],
    'warning: the stream EVENTS has 95% of its maxBytes',
  ],
])('tells a stream %s', (_, streams, what) => {
  expect(onBroker(streams)).toEqual([what]);
});

it('believes nobody but the leader about the other copies', () => {
  const behind = stream({ cluster: { leader: 'x', replicas: [{ name: 'y', current: false }] } });
  expect(onBroker([behind], [], 0, false)).toEqual(['ok: EVENTS as described']);
});

it('tells a server whose storage is nearly used up', () => {
  expect(onBroker([stream()], [], 9.5 * GIB)).toEqual([
    'warning: nats-broker-0 has used 95% of its storage for streams',
  ]);
});

it.each([
  [{ lag: 0, active: 61e9 }, 'problem: the mirror EVENTS has not heard of its stream for 61 s'],
  [
    { lag: 0, active: -1, error: { description: 'no responders' } },
    'problem: the mirror EVENTS has not heard of its stream since it started (no responders)',
  ],
  [{ lag: 5000, active: 1e6 }, 'warning: the mirror EVENTS is 5000 messages behind'],
])('tells a mirror that does not follow: %j', (mirror, what) => {
  expect(onLeaf(copy({ mirror }))).toEqual([what]);
});

it('finds nothing wrong with a mirror that hears nothing because its leaf is revoked', () => {
  const seen = state([copy({ mirror: { lag: 0, active: 61e9 } })], [consumer()]);
  const leaf = Object.assign(target([], production, 'vm-b'), revoked('vm-b'));
  expect(judgeStreams(seen, leaf)).toMatchObject([{ level: 'ok' }]);
});

it('tells a consumer that nobody reads, and one whose reader is slow', () => {
  const long = { last_active: '2026-11-22T11:00:00Z' };
  expect(onLeaf(copy(), consumer({ num_pending: 12, num_waiting: 0, delivered: long }))).toEqual([
    'problem: nobody reads 12 messages of the consumer nats-subscriber of EVENTS',
  ]);
  expect(onLeaf(copy(), consumer({ num_pending: 12, num_waiting: 0, delivered: {} }))).toEqual([
    'problem: nobody reads 12 messages of the consumer nats-subscriber of EVENTS',
  ]);
  expect(onLeaf(copy(), consumer({ num_pending: 4000 }))).toEqual([
    'warning: 4000 messages wait for the consumer nats-subscriber of EVENTS',
  ]);
});

it('tells a consumer that is missing', () => {
  expect(said('vm-b', state([copy()]))).toEqual([
    'problem: the consumer nats-subscriber of the stream EVENTS is missing',
  ]);
});

it('names a server that is gone and still counts towards a majority', () => {
  const groupOf = (...names: string[]) => ({
    ...state([stream()]),
    metaGroup: {
      cluster_size: names.length + 1,
      replicas: names.map((name) => ({ name, peer: 'yrzKKRBu' })),
    },
  });
  const others = ['vm-a-nats-broker-1', 'vm-a-nats-broker-2'];
  expect(said('vm-a', groupOf(...others))).toEqual(['ok: EVENTS as described']);
  expect(said('vm-a', groupOf(...others, 'vm-a-nats-broker-3'))).toEqual([
    'warning: vm-a-nats-broker-3 counts as one of 4 servers, and the topology has 3',
  ]);
  const unknown = 'Server name unknown at this time (peerID: yrzKKRBu)';
  expect(judgeStreams(groupOf(...others, unknown), target([], production))).toMatchObject([
    { remedy: expect.stringContaining('peer-remove yrzKKRBu --force') },
  ]);
});

const onSites = (leader: string | undefined, ...others: string[]) =>
  stream({
    cluster: { ...(leader && { leader }), replicas: others.map((name) => ({ name, current: true })) },
  });
const [A, C, D, E] = ['vm-a', 'vm-c', 'vm-d', 'vm-e'].map((name) => `${name}-nats-broker-0`);

it('says of a stream that it has not left a site that retires, where its leader is', () => {
  const seen = onSites(C!, D!, E!);
  expect(said('vm-c', state([seen]), retiring)).toEqual([
    `warning: the stream EVENTS still has a copy on ${E}`,
  ]);
  expect(said('vm-d', state([seen], [], 0, false), retiring)).toEqual(['ok: EVENTS as described']);
  expect(said('vm-c', state([onSites(C!, A!, D!)]), retiring)).toEqual(['ok: EVENTS as described']);
});

it('tells a stream of which two copies share a site, while those of another do not', () => {
  const second = 'vm-a-nats-broker-1';
  expect(said('vm-c', state([onSites(C!, A!, second)]), retiring)).toEqual([
    'warning: 2 copies of the stream EVENTS are on the site vm-a',
  ]);
});

it('does not miss a stream on a site that needs no copy of it', () => {
  expect(said('vm-a', state([]), retiring)).toEqual(['ok: EVENTS as described']);
});

it('says on every site that a stream has no leader', () => {
  expect(said('vm-c', state([onSites(undefined, A!, D!)], [], 0, false), retiring)).toEqual([
    'problem: the stream EVENTS has no leader',
  ]);
});

it.each([
  ['has led for 40 seconds, without a reason', 40, 3600, production, true],
  ['leads since a server has come or gone', 40, 70, production, false],
  ['has just led, where streams leave a server', 40, 3600, retiring, false],
] as const)(
  'tells of a leader that does not settle: one that %s',
  (_, leads, undisturbed, topology, told) => {
    const led = topology === retiring ? onSites(A!, C!, D!) : stream();
    const seen = { ...state([led]), newLeaders: [{ stream: 'EVENTS', leads, undisturbed }] };
    expect(said('vm-a', seen, topology)).toEqual([
      told
        ? 'warning: the stream EVENTS changed its leader 40 s ago, and no server came or went before that'
        : 'ok: EVENTS as described',
    ]);
  },
);
