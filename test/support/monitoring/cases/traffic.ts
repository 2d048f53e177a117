import { hub, mirror, office } from '../clusters.ts';
import { ALWAYS, of, stream, turns } from '../series.ts';
import type { Case } from './case.ts';

/** Streams and mirror in step, with these numbers. */
const numbers = (values: string) =>
  Object.fromEntries(
    [
      stream(hub, 0, 'last_seq'),
      stream(hub, 1, 'last_seq'),
      stream(hub, 2, 'last_seq'),
      stream(mirror, 0, 'last_seq'),
    ].map((series) => [series, values]),
  );

export const traffic: readonly Case[] = [
  {
    title: 'fires when connections have been cut off',
    alert: 'NatsSlowConsumers',
    series: { [of(hub, 1, 'nats_varz_slow_consumers')]: turns(2, 5) },
    at: [62, 70],
    firing: ['vm-a NatsSlowConsumers'],
  },
  {
    title: 'is silent again some time after, although the number stays',
    alert: 'NatsSlowConsumers',
    series: { [of(hub, 1, 'nats_varz_slow_consumers')]: turns(2, 5) },
    at: [30, 59, 80],
    firing: [],
  },
  {
    title: 'is silent when a restart sets the number back',
    alert: 'NatsSlowConsumers',
    series: { [of(hub, 1, 'nats_varz_slow_consumers')]: turns(7, 0) },
    at: [62, 80],
    firing: [],
  },
  {
    title: 'fires when a stream gets nothing any more',
    alert: 'NatsPublishingStopped',
    series: numbers('0+60x60 3600x120'),
    at: [90, 120],
    firing: ['vm-a NatsPublishingStopped'],
  },
  {
    title: 'fires when clients of a cluster without streams send nothing any more',
    alert: 'NatsPublishingStopped',
    series: { [of(office, 0, 'nats_varz_in_client_msgs')]: '0+60x60 3600x120' },
    at: [90],
    firing: ['office NatsPublishingStopped'],
  },
  {
    title: 'is silent when nothing was ever published',
    alert: 'NatsPublishingStopped',
    series: { ...numbers(`0${ALWAYS}`), [of(office, 0, 'nats_varz_in_client_msgs')]: `0${ALWAYS}` },
    at: [10, 90, 170],
    firing: [],
  },
  {
    title: 'is silent between messages that come every ten minutes',
    alert: 'NatsPublishingStopped',
    series: numbers(Array.from({ length: 18 }, (_, i) => `${i}x9`).join(' ')),
    at: [45, 97, 150],
    firing: [],
  },
];
