import { hub, mirror } from '../clusters.ts';
import { ALWAYS, stream, turns } from '../series.ts';
import type { Case } from './case.ts';

const active = stream(mirror, 0, 'mirror_active_duration_ns');
const growing = '4e8x60 1e9+60000000000x119';

export const mirrors: readonly Case[] = [
  {
    title: 'fires when nothing was heard for minutes, although the mirror claims no lag',
    alert: 'NatsMirrorInactive',
    series: { [active]: growing, [stream(mirror, 0, 'mirror_lag')]: `0${ALWAYS}` },
    at: [66],
    firing: ['vm-b NatsMirrorInactive'],
  },
  {
    title: 'fires when nothing was ever heard',
    alert: 'NatsMirrorInactive',
    series: { [active]: `-1${ALWAYS}` },
    at: [5],
    firing: ['vm-b NatsMirrorInactive'],
  },
  {
    title: 'is silent while heartbeats come, and when a broker is replaced',
    alert: 'NatsMirrorInactive',
    series: { [active]: `1.9e9x60 1e9+30000000000x3 4e8x115` },
    at: [30, 62, 63, 64, 65, 66, 70],
    firing: [],
  },
  {
    title: 'fires when the stream goes on and the mirror does not',
    alert: 'NatsMirrorBehind',
    series: { [active]: growing, [stream(mirror, 0, 'last_seq')]: '0+60x60 3600x120' },
    at: [72],
    firing: ['vm-b NatsMirrorBehind', 'vm-b NatsMirrorInactive'],
  },
  {
    title: 'fires while a mirror with a lively link does not get the messages',
    alert: 'NatsMirrorBehind',
    series: { [stream(mirror, 0, 'last_seq')]: '0+60x60 3600+10x119' },
    at: [75],
    firing: ['vm-b NatsMirrorBehind'],
  },
  {
    title: 'fires when the mirror stands still although heartbeats come and it claims no lag',
    alert: 'NatsMirrorStalled',
    series: {
      [stream(mirror, 0, 'last_seq')]: '0+60x60 3600x120',
      [stream(mirror, 0, 'mirror_lag')]: `0${ALWAYS}`,
      [active]: `3e8${ALWAYS}`,
    },
    at: [75],
    firing: ['vm-b NatsMirrorBehind', 'vm-b NatsMirrorStalled'],
  },
  {
    title: 'is silent while the mirror moves, however slowly',
    alert: 'NatsMirrorStalled',
    series: { [stream(mirror, 0, 'last_seq')]: '0+60x60 3600+10x119' },
    at: [75],
    firing: ['vm-b NatsMirrorBehind'],
  },
  {
    title: 'is silent while the mirror hears nothing, which another alert says',
    alert: 'NatsMirrorStalled',
    series: { [active]: growing, [stream(mirror, 0, 'last_seq')]: '0+60x60 3600x120' },
    at: [75],
    firing: ['vm-b NatsMirrorBehind', 'vm-b NatsMirrorInactive'],
  },
  {
    title: 'is silent where neither the stream nor the mirror has anything new',
    alert: 'NatsMirrorStalled',
    series: Object.fromEntries(
      [stream(mirror, 0, 'last_seq'), ...[0, 1, 2].map((pod) => stream(hub, pod, 'last_seq'))].map((name) => [
        name,
        '0+60x60 3600x120',
      ]),
    ),
    at: [62, 70, 75],
    firing: [],
  },
  {
    title: 'is silent when the mirror lacks what came just now',
    alert: 'NatsMirrorBehind',
    series: Object.fromEntries([0, 1, 2].map((pod) => [stream(hub, pod, 'last_seq'), `200+60${ALWAYS}`])),
    at: [3, 10, 90],
    firing: [],
  },
  {
    title: 'is silent once the mirror has caught up',
    alert: 'NatsMirrorBehind',
    series: { [stream(mirror, 0, 'last_seq')]: '0+60x60 3600x20 4920+60x100', [active]: turns(4e8, 4e8) },
    at: [84, 90],
    firing: [],
  },
];
