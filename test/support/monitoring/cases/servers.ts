import { hub, mirror, office, shop } from '../clusters.ts';
import {
  changed,
  from61,
  health,
  healthy,
  link,
  of,
  type Series,
  turns,
  until60,
  without,
} from '../series.ts';
import type { Case } from './case.ts';

const FOREVER = 180;

const gone = without(60, FOREVER);

/** vm-b's link, which was with the first broker, and is now with the last one. */
const moved = {
  [link(hub, 2, 'vm-b-nats-leaf-0')]: from61(1),
  [link(hub, 0, 'vm-b-nats-leaf-0')]: until60(1),
};

const every = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** All series of a cluster whose `pod` starts late or is away, one after the other. */
const each = (pods: readonly number[], away: (pod: number) => readonly [number, number]): Series =>
  Object.assign({}, ...pods.map((pod) => changed(hub, pod, without(...away(pod)))));

export const servers: readonly Case[] = [
  {
    title: 'fires when the server is dead, although the exporter goes on showing its last numbers',
    alert: 'NatsServerDown',
    series: {
      ...moved,
      [health(hub, 0)]: until60(1),
      [health(hub, 0, 'unreachable')]: from61(0),
      [of(hub, 0, 'nats_varz_leafnodes')]: turns(1, 1),
    },
    at: [66],
    firing: ['vm-a NatsServerDown'],
  },
  {
    title: 'fires when nothing can be scraped of the pod',
    alert: 'NatsServerDown',
    series: { ...changed(hub, 0, gone), ...moved },
    at: [66],
    firing: ['vm-a NatsServerDown'],
  },
  {
    title: 'fires when the pod was never there',
    alert: 'NatsServerDown',
    series: {},
    missing: Object.keys(changed(hub, 2, String)),
    at: [11, 90],
    firing: ['vm-a NatsServerDown', 'vm-a NatsStreamCopyMissing'],
  },
  {
    title: 'fires in a cluster of one server, whose link is then told of from both ends',
    alert: 'NatsServerDown',
    series: { ...changed(shop, 0, gone), [link(office, 0, 'shop-nats-leaf-0')]: until60(1) },
    at: [66],
    firing: ['office NatsLeafLinkDown', 'shop NatsLeafLinkDown', 'shop NatsServerDown'],
  },
  {
    title: 'is silent while all is well',
    alert: 'NatsServerDown',
    series: {},
    at: [1, 2, 5, 30, 90, 170],
    firing: [],
  },
  {
    title: 'is silent while every server starts, and its clients and links after it',
    alert: 'NatsServerDown',
    series: Object.fromEntries(Object.entries(healthy).map(([series, values]) => [series, `_x2 ${values}`])),
    at: every(0, 40),
    firing: [],
  },
  {
    title: 'is silent while one server after the other is replaced',
    alert: 'NatsServerDown',
    series: each([0, 1, 2], (pod) => [60 + 5 * pod, 62 + 5 * pod]),
    at: every(58, 100),
    firing: [],
  },
  {
    title: 'fires when two of three servers are gone',
    alert: 'NatsMajorityDown',
    series: {
      ...each([0, 1], () => [60, FOREVER]),
      [link(hub, 2, 'vm-b-nats-leaf-0')]: from61(1),
      [link(hub, 2, 'vm-c-nats-leaf-0')]: from61(1),
    },
    at: [66],
    firing: ['vm-a NatsMajorityDown', 'vm-a NatsServerDown', 'vm-a NatsServerDown'],
  },
  {
    title: 'is silent when one of three servers is gone',
    alert: 'NatsMajorityDown',
    series: { ...changed(hub, 0, gone), ...moved },
    at: [66, 69],
    firing: ['vm-a NatsServerDown'],
  },
  {
    title: 'fires when a server says for long that it is not well',
    alert: 'NatsServerUnhealthy',
    series: { [health(mirror, 0)]: until60(1), [health(mirror, 0, 'unavailable')]: from61(0) },
    at: [80],
    firing: ['vm-b NatsServerUnhealthy'],
  },
  {
    title: 'is silent while a server reads its streams from the disk',
    alert: 'NatsServerUnhealthy',
    series: {
      [health(mirror, 0)]: '1x59 stale _x9 1x110',
      [health(mirror, 0, 'unavailable')]: '_x60 0x9 stale',
    },
    at: every(58, 90),
    firing: [],
  },
];
