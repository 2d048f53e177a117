import { expect, it } from 'vitest';
import { pods } from '../../doctor/checks/pods.ts';
import type { KubeObject } from '../../doctor/kube.ts';
import { NOW, patient } from './patients.ts';

const ready = { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] };

function pod(
  app: string,
  change: { status?: object; spec?: object; annotations?: Record<string, string> } = {},
): KubeObject {
  return {
    kind: 'Pod',
    metadata: { name: `${app}-0`, labels: { app }, annotations: change.annotations ?? {} },
    spec: change.spec ?? { containers: [{ name: app }, { name: 'linkerd-proxy' }] },
    status: { phase: 'Running', ...ready, ...change.status },
  };
}

const said = async (...all: KubeObject[]) =>
  (await pods(patient(all))).map(({ level, what }) => `${level}: ${what}`);

const publisher = pod('nats-publisher');

it('is content with pods that are ready and meshed, by whatever kind of sidecar', async () => {
  const native = {
    initContainers: [{ name: 'linkerd-proxy', restartPolicy: 'Always' }],
    containers: [{ name: 'nats' }],
  };
  expect(await said(pod('nats-broker', { spec: native }), publisher)).toEqual([
    'ok: 2 pods are ready and meshed',
  ]);
});

it('tells pods that are missing, those on their way out included', async () => {
  const leaving = pod('nats-broker');
  const deleted = { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: NOW.toISOString() } };
  expect(await said(deleted, publisher)).toEqual(['problem: nats-broker has 0 of 1 pods']);
});

it('tells a pod that is not ready, and which container hinders it', async () => {
  const waiting = {
    name: 'config-reloader',
    ready: false,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
  };
  const status = {
    conditions: [],
    containerStatuses: [{ name: 'nats', ready: true, state: { running: {} } }, waiting],
  };
  expect(await said(pod('nats-broker', { status }), publisher)).toEqual([
    'problem: nats-broker-0 is not ready: config-reloader is in CrashLoopBackOff',
  ]);
  const failing = {
    conditions: [],
    containerStatuses: [{ name: 'nats', ready: false, state: { running: {} } }],
  };
  expect(await said(pod('nats-broker', { status: failing }), publisher)).toEqual([
    'problem: nats-broker-0 is not ready: nats fails its probe',
  ]);
});

it('warns of a restart within the hour, and forgets an older one', async () => {
  const restarted = (finishedAt: string) => ({
    containerStatuses: [
      {
        name: 'nats',
        ready: true,
        restartCount: 3,
        lastState: { terminated: { finishedAt, exitCode: 137, reason: 'OOMKilled' } },
      },
    ],
  });
  expect(await said(pod('nats-broker', { status: restarted('2026-11-22T11:30:00Z') }), publisher)).toEqual([
    'warning: nats-broker-0 had nats start again at 2026-11-22T11:30:00Z, 3 times in all; it had ended with 137 (OOMKilled)',
  ]);
  expect(await said(pod('nats-broker', { status: restarted('2026-11-22T09:00:00Z') }), publisher)).toEqual([
    'ok: 2 pods are ready and meshed',
  ]);
});

it('tells a pod without a proxy, and traffic that goes around one', async () => {
  const bare = { containers: [{ name: 'nats' }] };
  const annotations = { 'config.linkerd.io/skip-outbound-ports': '4222' };
  expect(await said(pod('nats-broker', { spec: bare }), pod('nats-publisher', { annotations }))).toEqual([
    'problem: nats-broker-0 is not meshed: it has no linkerd-proxy',
    'problem: nats-publisher-0 has the annotation config.linkerd.io/skip-outbound-ports: 4222',
  ]);
});
