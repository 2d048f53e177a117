import { expect, it } from 'vitest';
import { judgeMirror, mirrors } from '../../../doctor/checks/mirrors.ts';
import type { JetStreamState, StreamDetail } from '../../../doctor/jsz.ts';
import type { Target } from '../../../doctor/target.ts';
import { topology as production } from '../../../examples/production.ts';
import { target } from './targets.ts';

/** A mirror whose heartbeats come, and which takes itself to be up to date. */
const LIVELY = { lag: 0, active: 3e8 };

const state = (last_seq: number, mirror?: StreamDetail['mirror']): JetStreamState => {
  const config = { max_bytes: 0, num_replicas: 1 };
  const created = '2026-11-01T00:00:00Z';
  const detail = {
    name: 'EVENTS',
    created,
    config,
    state: { bytes: 0, last_seq },
    ...(mirror && { mirror }),
  };
  const streams = new Map([['EVENTS', { detail, byLeader: true }]]);
  return { stores: [], newLeaders: [], consumers: new Map(), streams };
};

const said = (origin: number, before: number, after: number, mirror = LIVELY) =>
  judgeMirror(
    'EVENTS',
    { origin: state(origin), before: state(before, mirror), after: state(after, mirror) },
    { name: 'vm-a' },
    { name: 'vm-b' },
  ).map(({ level, what }) => `${level}: ${what}`);

it('tells a mirror that stands still although heartbeats come and it claims no lag', () => {
  expect(said(406, 190, 190)).toEqual([
    'problem: the mirror EVENTS stands still at message 190, while its stream on vm-a has 406',
  ]);
});

it('is content with one that caught up meanwhile, and with one that moves and lacks little', () => {
  expect(said(406, 190, 406)).toEqual([]);
  expect(said(406, 190, 500)).toEqual([]);
  expect(said(406, 190, 191)).toEqual([]);
});

it('warns of one that moves and lacks much, unless it knows that of itself', () => {
  expect(said(9000, 190, 191)).toEqual([
    'warning: the mirror EVENTS lacks 8809 messages that its stream on vm-a has',
  ]);
  expect(said(9000, 190, 191, { lag: 8000, active: 3e8 })).toEqual([]);
});

it('leaves one that hears nothing, be it for seconds, to the checks of links and streams', () => {
  expect(said(406, 190, 190, { lag: 0, active: 4e9 })).toEqual([]);
  expect(said(406, 190, 190, { lag: 0, active: 61e9 })).toEqual([]);
  expect(said(406, 190, 190, { lag: 0, active: -1 })).toEqual([]);
});

const jsz = (last_seq: number, mirror?: StreamDetail['mirror']) => ({
  storage: 0,
  account_details: [
    { stream_detail: [{ name: 'EVENTS', config: {}, state: { bytes: 0, last_seq }, mirror }] },
  ],
});

/** A cluster whose server tells one page after the other, the last of them for good. */
const telling = (cluster: string, pod: string, ...pages: unknown[]): Target => {
  const object = { kind: 'Pod', metadata: { name: pod }, status: { phase: 'Running' } };
  const monitor = async () => (pages.length > 1 ? pages.shift() : pages[0]);
  return Object.assign(target([object], production, cluster), { monitor });
};

it('asks the broker once, and the leaf again where it lacks something', async () => {
  const broker = () => telling('vm-a', 'nats-broker-0', jsz(406));
  const stuck = telling('vm-b', 'nats-leaf-0', jsz(190, LIVELY));
  const late = telling('vm-b', 'nats-leaf-0', jsz(190, LIVELY), jsz(406, LIVELY));
  expect(await mirrors(broker(), [stuck], 0)).toMatchObject([
    { cluster: 'vm-b', check: 'streams', level: 'problem' },
  ]);
  expect(await mirrors(broker(), [late], 0)).toEqual([]);
});
