import { expect, it } from 'vitest';
import { type Connection, judgeSeen } from '../../../doctor/checks/seen.ts';
import { topology } from '../../../examples/clients.ts';
import { resolve } from '../../../model/resolve.ts';

const { clients } = resolve(topology).broker;
const open = {};
const ended = { stop: '2026-11-22T11:00:00.123456789Z', reason: 'Client Closed' };
const refused = { stop: '2026-11-22T11:30:00.123456789Z', reason: 'Authentication Failure' };

const said = (of: Readonly<Record<string, readonly Connection[]>>) => {
  const memory = { since: '2026-11-22T10:00:00.987654321Z', connections: new Map(Object.entries(of)) };
  return judgeSeen(clients, memory, { name: 'office', context: 'office' });
};
const lines = (...of: Parameters<typeof said>) => said(...of).map(({ level, what }) => `${level}: ${what}`);

it.each([
  ['is connected', [open]],
  ['was connected', [ended]],
  ['was refused and then let in', [refused, open]],
])('is content with a client that %s', (_, orders) => {
  expect(lines({ orders, reports: [open] })).toEqual(['ok: 2 of 2 have connected']);
});

it('names a client that was never seen, and says from when on that is known', () => {
  expect(lines({ orders: [open], reports: [] })).toEqual([
    'ok: 1 of 2 have connected',
    'warning: reports of finance has not connected since 2026-11-22T10:00:00Z',
  ]);
});

it('tells a client that was only refused from one that never came', () => {
  expect(lines({ orders: [refused], reports: [] })).toEqual([
    'warning: orders of shop has been refused since 2026-11-22T10:00:00Z, the last time at 2026-11-22T11:30:00Z',
    'warning: reports of finance has not connected since 2026-11-22T10:00:00Z',
  ]);
  expect(said({ orders: [refused], reports: [open] })[1]).toMatchObject({
    remedy: expect.stringContaining('/office/clients/shop'),
  });
});
