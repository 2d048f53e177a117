import { hub, mirror, site } from '../clusters.ts';
import { ALWAYS, consumer, GB, of, stream, turns } from '../series.ts';
import type { Case } from './case.ts';

/** A server that from a minute on loses the lead of EVENTS, and takes it again a minute later, some times. */
const elections = (pod: number, minute: number, times: number) => ({
  [stream(hub, pod, 'last_seq')]: `7x${minute - 1} ${'stale 7 '.repeat(times)}`,
  [stream(hub, pod, 'last_seq', 'false')]: `_x${minute} ${'7 stale '.repeat(times)}`,
});

export const jetStream: readonly Case[] = [
  {
    title: 'fires when a server has switched it off',
    alert: 'NatsJetStreamDisabled',
    series: { [of(hub, 1, 'nats_server_jetstream_disabled')]: turns(0, 1) },
    at: [67],
    firing: ['vm-a NatsJetStreamDisabled'],
  },
  {
    title: 'is silent while it starts',
    alert: 'NatsJetStreamDisabled',
    series: { [of(hub, 1, 'nats_server_jetstream_disabled')]: '1x3 0x176' },
    at: [1, 2, 3, 4, 10],
    firing: [],
  },
  {
    title: 'fires at 90 percent',
    alert: 'NatsStorageNearlyFull',
    series: { [of(hub, 1, 'nats_varz_jetstream_stats_storage')]: turns(GB, 8.5 * GB) },
    at: [80],
    firing: ['vm-a NatsStorageNearlyFull'],
  },
  {
    title: 'is silent below that, and when it was full and is not any more',
    alert: 'NatsStorageNearlyFull',
    series: {
      [of(hub, 1, 'nats_varz_jetstream_stats_storage')]: `${7 * GB}${ALWAYS}`,
      [of(mirror, 0, 'nats_varz_jetstream_stats_storage')]: turns(8.5 * GB, GB),
    },
    at: [62, 90],
    firing: [],
  },
  {
    title: 'fires when the next messages push the oldest out',
    alert: 'NatsStreamNearlyFull',
    series: { [stream(mirror, 0, 'total_bytes')]: turns(GB, 7.5 * GB) },
    at: [80],
    firing: ['vm-b NatsStreamNearlyFull'],
  },
  {
    title: 'is silent for a stream without a limit',
    alert: 'NatsStreamNearlyFull',
    series: {
      [stream(mirror, 0, 'total_bytes')]: `${7.9 * GB}${ALWAYS}`,
      [stream(mirror, 0, 'limit_bytes')]: `-1${ALWAYS}`,
    },
    at: [80],
    firing: [],
  },
  {
    title: 'fires when two servers take the lead from each other every other minute',
    alert: 'NatsStreamLeaderUnsettled',
    series: { ...elections(0, 60, 10), ...elections(1, 61, 10) },
    at: [85],
    firing: ['vm-a NatsStreamLeaderUnsettled'],
  },
  {
    title: 'is silent while all servers are restarted, twice',
    alert: 'NatsStreamLeaderUnsettled',
    series: Object.assign({}, ...[0, 1, 2].map((pod) => elections(pod, 60 + 4 * pod, 2))),
    at: [62, 66, 70, 75],
    firing: [],
  },
  {
    title: 'fires when one of three servers has no copy',
    alert: 'NatsStreamCopyMissing',
    series: { [stream(hub, 1, 'last_seq')]: '0+60x60 stale' },
    at: [75],
    firing: ['vm-a NatsStreamCopyMissing'],
  },
  {
    title: 'fires at a site whose server has none',
    alert: 'NatsStreamCopyMissing',
    series: { [stream(site, 0, 'last_seq')]: '0+60x60 stale' },
    at: [75],
    firing: ['vm-s NatsStreamCopyMissing'],
  },
  {
    title: 'is silent while a server is replaced, and about the one copy of a mirror',
    alert: 'NatsStreamCopyMissing',
    series: {
      [stream(hub, 1, 'last_seq')]: '0+60x60 stale _x5 4000+60x113',
      [stream(site, 0, 'last_seq')]: '0+60x60 stale _x5 4000+60x113',
    },
    at: [62, 67, 72, 90],
    firing: [],
  },
  {
    title: 'fires when a copy stands still while the others go on',
    alert: 'NatsStreamCopyBehind',
    series: { [stream(hub, 2, 'last_seq')]: '0+60x60 3600x120' },
    at: [76],
    firing: ['vm-a NatsStreamCopyBehind'],
  },
  {
    title: 'is silent while a server that was away catches up',
    alert: 'NatsStreamCopyBehind',
    series: { [stream(hub, 2, 'last_seq')]: '0+60x60 3600x5 3900+120x3 4320+60x109' },
    at: [64, 68, 72, 80],
    firing: [],
  },
  {
    title: 'fires when nobody reads, and more waits than came in five minutes',
    alert: 'NatsConsumerBehind',
    series: { [consumer(mirror, 'num_pending')]: '0x60 0+60x120' },
    at: [75],
    firing: ['vm-b NatsConsumerBehind'],
  },
  {
    title: 'fires when one message is delivered again and again, and no other comes',
    alert: 'NatsConsumerBehind',
    series: {
      [consumer(mirror, 'num_ack_pending')]: turns(0, 1),
      ...Object.fromEntries(
        [0, 1, 2].map((pod) => [stream(hub, pod, 'last_seq'), '0+60x60 3600x120'] as const),
      ),
      [stream(mirror, 0, 'last_seq')]: '0+60x60 3600x120',
    },
    at: [74],
    firing: ['vm-b NatsConsumerBehind'],
  },
  {
    title: 'is silent while less waits than came in five minutes',
    alert: 'NatsConsumerBehind',
    series: { [consumer(mirror, 'num_pending')]: turns(0, 250) },
    at: [75, 90],
    firing: [],
  },
  {
    title: 'is silent while a backlog is read within minutes',
    alert: 'NatsConsumerBehind',
    series: { [consumer(mirror, 'num_pending')]: '0x60 9000 6000 3000 0x117' },
    at: [61, 63, 66, 70],
    firing: [],
  },
  {
    title: 'is silent about the number that a server keeps which does not lead the consumer',
    alert: 'NatsConsumerBehind',
    series: {
      [consumer(mirror, 'num_pending', 'false')]: `9000${ALWAYS}`,
      [consumer(mirror, 'num_ack_pending', 'false')]: `1${ALWAYS}`,
    },
    at: [75],
    firing: [],
  },
];
