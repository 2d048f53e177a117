import { hub, shop } from '../clusters.ts';
import {
  ALWAYS,
  certManager,
  DAY,
  healthy,
  isReady,
  renewedAt,
  type Series,
  turns,
  until60,
} from '../series.ts';
import type { Case } from './case.ts';

const BROKER = 'nats-broker-tls';
const LEAF = 'nats-leaf-tls';

/** When it is to be renewed and when it ends, in minutes after the start. */
const [DUE, END] = [10, 210];

const seconds = (minutes: number) => `${minutes * 60}${ALWAYS}`;

/** Another pod of cert-manager. */
const SECOND = 'pod="cert-manager-2"';

/** One that nobody renews. */
const stuck = (c: typeof hub, name: string) => renewedAt(c, name, seconds(DUE), seconds(END));

/** Everything that cert-manager shows, each of one value that is always there, changed. */
const shown = (change: (value: string) => string): Series =>
  Object.fromEntries(
    Object.entries(healthy)
      .filter(([name]) => name.startsWith('certmanager_'))
      .map(([name, values]) => [name, change(values.slice(0, -ALWAYS.length))]),
  );

const gone = ['shop NatsCertificatesUnwatched', 'vm-a NatsCertificatesUnwatched'];

export const certManagers: readonly Case[] = [
  {
    title: 'fires when a certificate that was ready is not any more',
    alert: 'NatsCertificateNotReady',
    series: { [isReady(hub, BROKER)]: turns(1, 0) },
    at: [72, 170],
    firing: ['vm-a NatsCertificateNotReady'],
  },
  {
    title: 'fires for each that was never made, and nothing else does',
    alert: 'NatsCertificateNotReady',
    series: Object.assign(
      {},
      ...[[hub, BROKER] as const, [hub, 'nats-publisher-tls'] as const, [shop, LEAF] as const].map(
        ([c, name]) => ({
          [isReady(c, name)]: `0${ALWAYS}`,
          ...renewedAt(c, name, `0${ALWAYS}`, `0${ALWAYS}`),
        }),
      ),
    ),
    at: [12, 170],
    firing: ['shop NatsCertificateNotReady', 'vm-a NatsCertificateNotReady', 'vm-a NatsCertificateNotReady'],
  },
  {
    title: 'is silent while certificates are made for the first time',
    alert: 'NatsCertificateNotReady',
    series: { [isReady(hub, BROKER)]: '0x8 1x172' },
    at: [1, 5, 8, 10, 20],
    firing: [],
  },
  {
    title: 'fires when a quarter of the time is gone in which it was to be renewed',
    alert: 'NatsCertificateRenewalOverdue',
    series: stuck(hub, BROKER),
    at: [61, 158],
    firing: ['vm-a NatsCertificateRenewalOverdue'],
  },
  {
    title: 'fires with the namespace as cert-manager says it',
    alert: 'NatsCertificateRenewalOverdue',
    series: stuck(shop, LEAF),
    at: [61],
    firing: ['shop NatsCertificateRenewalOverdue'],
  },
  {
    title: 'is silent before that',
    alert: 'NatsCertificateRenewalOverdue',
    series: stuck(hub, BROKER),
    at: [5, 11, 20, 59],
    firing: [],
  },
  {
    title: 'is silent once it is renewed',
    alert: 'NatsCertificateRenewalOverdue',
    series: renewedAt(shop, LEAF, turns(60 * 60, 60 * DAY), turns(90 * 60, 90 * DAY)),
    at: [59, 61, 80, 100],
    firing: [],
  },
  {
    title: 'is silent about Certificates of other namespaces and clusters',
    alert: 'NatsCertificateRenewalOverdue',
    series: {
      ...stuck({ ...hub, namespace: 'web' }, 'web'),
      ...stuck({ ...shop, namespace: 'web' }, 'web'),
      ...stuck({ ...shop, cluster: 'elsewhere' }, 'web'),
    },
    at: [61, 170],
    firing: [],
  },
  {
    title: 'fires when three quarters of it are gone, and when the certificate has ended',
    alert: 'NatsCertificateRenewalLongOverdue',
    series: { ...stuck(hub, BROKER), ...renewedAt(shop, LEAF, seconds(DUE), seconds(150)) },
    at: [161, 170],
    firing: [
      'shop NatsCertificateRenewalLongOverdue',
      'shop NatsCertificateRenewalOverdue',
      'vm-a NatsCertificateRenewalLongOverdue',
      'vm-a NatsCertificateRenewalOverdue',
    ],
  },
  {
    title: 'is silent before that',
    alert: 'NatsCertificateRenewalLongOverdue',
    series: stuck(hub, BROKER),
    at: [159],
    firing: ['vm-a NatsCertificateRenewalOverdue'],
  },
  {
    title: 'fires where cert-manager has stopped, or was never scraped',
    alert: 'NatsCertificatesUnwatched',
    series: shown(until60),
    at: [78, 170],
    firing: gone,
  },
  {
    title: 'fires when one of the Certificates is not in the cluster',
    alert: 'NatsCertificatesUnwatched',
    series: {},
    missing: Object.keys(shown(String)).filter((name) => name.includes(BROKER)),
    at: [16, 90],
    firing: ['vm-a NatsCertificatesUnwatched'],
  },
  {
    title: 'is silent while cert-manager is replaced',
    alert: 'NatsCertificatesUnwatched',
    series: shown((value) => `${until60(value)} _x10 ${value}x108`),
    at: [62, 70, 72, 90],
    firing: [],
  },
  {
    title: 'is silent about what two of cert-manager show at once, while one takes over from the other',
    alert: 'NatsCertificatesUnwatched',
    series: {
      [certManager(hub, BROKER, 'ready_status', 'condition="True"', SECOND)]: `0${ALWAYS}`,
      [certManager(hub, BROKER, 'renewal_timestamp_seconds', SECOND)]: `0${ALWAYS}`,
    },
    at: [80],
    firing: [],
  },
];
