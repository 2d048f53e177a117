import { hub, mirror, office, shop } from '../clusters.ts';
import { from61, health, link, of, turns, until60 } from '../series.ts';
import type { Case } from './case.ts';

export const leafLinks: readonly Case[] = [
  {
    title: 'fires at the broker for the leaf that is not there',
    alert: 'NatsLeafLinkDown',
    series: { [link(hub, 1, 'vm-c-nats-leaf-0')]: until60(1) },
    at: [66, 170],
    firing: ['vm-a NatsLeafLinkDown'],
  },
  {
    title: 'fires at the leaf that has no link',
    alert: 'NatsLeafLinkDown',
    series: { [link(mirror, 0, 'vm-a-nats-broker-0')]: until60(1) },
    at: [66],
    firing: ['vm-b NatsLeafLinkDown'],
  },
  {
    title: 'fires at both ends when the broker is dead and its exporter still shows a link',
    alert: 'NatsLeafLinkDown',
    series: {
      [health(office, 0)]: until60(1),
      [health(office, 0, 'unreachable')]: from61(0),
      [of(office, 0, 'nats_varz_leafnodes')]: turns(1, 1),
      [link(office, 0, 'shop-nats-leaf-0')]: until60(1),
      [link(shop, 0, 'office-nats-broker-0')]: until60(1),
    },
    at: [66],
    firing: ['office NatsLeafLinkDown', 'office NatsServerDown', 'shop NatsLeafLinkDown'],
  },
  {
    title: 'is silent when a leaf goes over to another broker',
    alert: 'NatsLeafLinkDown',
    series: {
      [link(hub, 0, 'vm-b-nats-leaf-0')]: until60(1),
      [link(hub, 2, 'vm-b-nats-leaf-0')]: '_x61 1x119',
      [link(mirror, 0, 'vm-a-nats-broker-0')]: until60(1),
      [link(mirror, 0, 'vm-a-nats-broker-2')]: '_x61 1x119',
    },
    at: [60, 61, 62, 63, 64, 66, 90],
    firing: [],
  },
  {
    title: 'is silent once the link is back',
    alert: 'NatsLeafLinkDown',
    series: { [link(hub, 1, 'vm-c-nats-leaf-0')]: '1x60 stale _x20 1x98' },
    at: [82, 90],
    firing: [],
  },
];
