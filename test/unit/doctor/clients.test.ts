import { expect, it } from 'vitest';
import { clients } from '../../../doctor/checks/clients.ts';
import { topology as example } from '../../../examples/clients.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';
import { topology as plain } from '../../../topology.ts';
import { target } from './targets.ts';

const namespace = (name: string, inject?: string): KubeObject => ({
  kind: 'Namespace',
  metadata: { name, annotations: inject === undefined ? {} : { 'linkerd.io/inject': inject } },
});
const account = (name: string): KubeObject => ({ kind: 'ServiceAccount', metadata: { name } });
const whole = [
  namespace('shop', 'enabled'),
  namespace('finance', 'ingress'),
  account('orders'),
  account('reports'),
];

const said = async (...all: KubeObject[]) =>
  (await clients(target(all, example, 'office'))).map(({ level, what }) => `${level}: ${what}`);

it('is content with service accounts in namespaces that are meshed, and silent where there is no client', async () => {
  expect(await said(...whole)).toEqual(['ok: 2 clients can come in']);
  expect(await clients(target([], plain))).toEqual([]);
});

it('tells a namespace that is missing or not meshed, and a service account that is not there', async () => {
  expect(await said(namespace('shop'), account('orders'))).toEqual([
    'problem: the namespace shop is not meshed',
    'problem: the namespace finance is missing',
    'problem: the service account reports of reports does not exist in finance',
  ]);
});
