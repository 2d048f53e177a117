import { expect, it } from 'vitest';
import { linkerd } from '../../../doctor/checks/linkerd.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';
import { target } from './targets.ts';

const parts = ['destination', 'identity', 'proxy-injector'];

const control = (version: string, available: readonly string[] = parts): KubeObject[] => [
  {
    kind: 'ConfigMap',
    metadata: { name: 'linkerd-config' },
    data: { values: `linkerdVersion: ${version}\n` },
  },
  ...available.map((part) => ({
    kind: 'Deployment',
    metadata: { name: `linkerd-${part}` },
    status: { availableReplicas: 1 },
  })),
];

const said = async (objects: KubeObject[]) =>
  (await linkerd(target(objects))).map(({ level, what }) => `${level}: ${what}`);

it.each(['edge-25.2.3', 'edge-25.10.1', 'edge-26.1.1', 'stable-2.18.0', 'enterprise-2.18.2', 'version-2.20'])(
  'is content with %s',
  async (version) => {
    expect(await said(control(version))).toEqual([
      `ok: Linkerd ${version}`,
      'ok: the control plane is at work',
    ]);
  },
);

it.each([
  ['edge-25.2.2', 'edge-25.2.3'],
  ['edge-24.12.9', 'edge-25.2.3'],
  ['stable-2.14.10', 'stable-2.18.0'],
  ['enterprise-2.17.5', 'enterprise-2.18.0'],
])('finds %s too old', async (version, oldest) => {
  expect(await said(control(version))).toContain(`problem: Linkerd ${version} is older than ${oldest}`);
});

it('warns of a version that cannot be compared', async () => {
  expect(await said(control('dev-undefined'))).toContain(
    'warning: Linkerd dev-undefined cannot be compared with edge-25.2.3 or 2.18',
  );
});

it('tells a control plane that is absent, and a part of it that is missing or not at work', async () => {
  expect(await said([])).toEqual(['problem: there is no Linkerd in the namespace linkerd']);
  const resting = { kind: 'Deployment', metadata: { name: 'linkerd-identity' }, status: {} };
  expect(await said([...control('edge-26.1.1', ['destination']), resting])).toEqual([
    'ok: Linkerd edge-26.1.1',
    'problem: linkerd-identity has no pod that is available',
    'problem: the Deployment linkerd-proxy-injector is missing',
  ]);
});
