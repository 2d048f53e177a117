import { expect, it } from 'vitest';
import { differences } from '../../../doctor/compare.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';

const object = (spec: object, metadata: object = {}): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Thing', spec },
  metadata: { name: 'thing', ...metadata },
});
const paths = (wanted: KubeObject, live: KubeObject, exact = false) =>
  differences(wanted, live, exact).map(({ path, added }) => `${path}${added ? ' added' : ''}`);

it.each<[string, object, object]>([
  ['defaults that the server fills in', { a: 1 }, { a: 1, b: 2 }],
  ['what says nothing and is left out', { a: false, b: '', c: {}, d: [] }, {}],
  ['CPU that is written another way', { cpu: '1000m' }, { cpu: '1' }],
  ['memory that is written another way', { memory: '1024Mi' }, { memory: '1Gi' }],
  ['a number that became a text', { port: 80 }, { port: '80' }],
])('finds no difference in %s', (_, wanted, live) => {
  expect(paths(object(wanted), object(live))).toEqual([]);
});

it.each<[string, object, object, string[]]>([
  ['another value', { a: { b: 'x' } }, { a: { b: 'y' } }, ['spec.a.b']],
  ['a value that is gone', { a: 1 }, {}, ['spec.a']],
  ['an entry more', { list: [1] }, { list: [1, 2] }, ['spec.list']],
  [
    'an entry in another place',
    { list: [{ a: 1 }, { a: 2 }] },
    { list: [{ a: 2 }, { a: 1 }] },
    ['spec.list[0].a', 'spec.list[1].a'],
  ],
  ['another amount', { memory: '1Gi' }, { memory: '1G' }, ['spec.memory']],
  ['half a CPU', { cpu: '500m' }, { cpu: '500' }, ['spec.cpu']],
])('finds %s', (_, wanted, live, found) => {
  expect(paths(object(wanted), object(live))).toEqual(found);
});

it('finds what nobody wrote only where everything counts, and says that it was added', () => {
  const [wanted, live] = [object({ podSelector: {} }), object({ podSelector: {}, ingress: [{}] })];
  expect(paths(wanted, live)).toEqual([]);
  expect(paths(wanted, live, true)).toEqual(['spec.ingress added']);
});

it('compares labels and annotations that were written, and no others', () => {
  const wanted = object({}, { labels: { app: 'a' }, annotations: { inject: 'enabled' } });
  const live = object(
    {},
    { labels: { app: 'a', other: 'x' }, annotations: { inject: 'disabled' }, uid: '1' },
  );
  expect(paths(wanted, live, true)).toEqual(['metadata.annotations.inject']);
});
