import { site } from '../clusters.ts';
import { of, turns } from '../series.ts';
import type { Case } from './case.ts';

const routes = of(site, 0, 'nats_varz_routes');

export const sites: readonly Case[] = [
  {
    title: 'fires when one of two other sites is out of reach',
    alert: 'NatsSiteUnreachable',
    series: { [routes]: turns(8, 4) },
    at: [66, 170],
    firing: ['vm-s NatsSiteUnreachable'],
  },
  {
    title: 'is silent while another site restarts',
    alert: 'NatsSiteUnreachable',
    series: { [routes]: '8x59 4x1 8x119' },
    at: [60, 62, 64, 90],
    firing: [],
  },
  {
    title: 'fires when both are',
    alert: 'NatsSiteAlone',
    series: { [routes]: turns(8, 0) },
    at: [66, 170],
    firing: ['vm-s NatsSiteAlone', 'vm-s NatsSiteUnreachable'],
  },
  {
    title: 'is silent while there is a majority',
    alert: 'NatsSiteAlone',
    series: { [routes]: turns(8, 4) },
    at: [66],
    firing: ['vm-s NatsSiteUnreachable'],
  },
];
