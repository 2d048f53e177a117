import { expect, it } from 'vitest';
import { pods } from '../../../doctor/checks/pods.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';
import { topology } from '../../../topology.ts';
import { NOW, target } from './targets.ts';

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
  (await pods(target(all))).map(({ level, what }) => `${level}: ${what}`);

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

it.each([
  ['Failed', 'Evicted'],
  ['Succeeded', 'Terminated'],
])('leaves out a pod that is %s, and does not count it as there', async (phase, reason) => {
  const old = pod('nats-broker', { status: { phase, reason, conditions: [] } });
  const replaced = { ...old, metadata: { ...old.metadata, name: 'nats-broker-old' } };
  expect(await said(replaced, pod('nats-broker'), publisher)).toEqual(['ok: 2 pods are ready and meshed']);
  expect(await said(old, publisher)).toEqual(['problem: nats-broker has 0 of 1 pods']);
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

const waitingFor = (reason: string, name: string) => ({ name, ready: false, state: { waiting: { reason } } });

it.each([
  [
    'a proxy that gets no identity, as a native sidecar',
    {
      spec: {
        initContainers: [{ name: 'linkerd-init' }, { name: 'linkerd-proxy', restartPolicy: 'Always' }],
        containers: [{ name: 'nats' }],
      },
      status: {
        conditions: [],
        initContainerStatuses: [
          { name: 'linkerd-init', ready: true, state: { terminated: { exitCode: 0 } } },
          { name: 'linkerd-proxy', ready: false, started: false, state: { running: {} } },
        ],
        containerStatuses: [waitingFor('PodInitializing', 'nats')],
      },
    },
    'the init container linkerd-proxy has not become ready, and the others wait for it',
    'logs nats-broker-0 -c linkerd-proxy',
  ],
  [
    'an init container that fails',
    {
      status: {
        conditions: [],
        initContainerStatuses: [waitingFor('CrashLoopBackOff', 'linkerd-init')],
        containerStatuses: [waitingFor('PodInitializing', 'nats')],
      },
    },
    'the init container linkerd-init is in CrashLoopBackOff',
    'logs nats-broker-0 -c linkerd-init',
  ],
  [
    'an image that is not there',
    {
      status: { conditions: [], containerStatuses: [waitingFor('ImagePullBackOff', 'nats')] },
    },
    'nats is in ImagePullBackOff',
    'describe pod/nats-broker-0',
  ],
  [
    'a node that is full',
    {
      status: {
        phase: 'Pending',
        conditions: [
          {
            ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
            message: '0/1 nodes are available: 1 Insufficient cpu.',
          },
        ],
        containerStatuses: undefined,
      },
    },
    'no node takes it (0/1 nodes are available: 1 Insufficient cpu.)',
    'describe pod/nats-broker-0',
  ],
])(
  'names what a pod waits for, and looks where something is to be seen: %s',
  async (_, change, what, look) => {
    expect(await pods(target([pod('nats-broker', change), publisher]))).toMatchObject([
      {
        what: `nats-broker-0 is not ready: ${what}`,
        why: 'no Service leads to it',
        remedy: `kubectl --context vm-a -n nats-system ${look}`,
      },
    ]);
  },
);

it('does not speak of a Service where none leads to such pods', async () => {
  const unready = pod('nats-publisher', { status: { conditions: [] } });
  expect(await pods(target([pod('nats-broker'), unready]))).toMatchObject([
    { why: 'what it does is not done' },
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

it('says of a server without a proxy what becomes of its clients', async () => {
  const bare = { spec: { containers: [{ name: 'nats' }] } };
  const [ofServer, ofClient] = await pods(target([pod('nats-broker', bare), pod('nats-publisher', bare)]));
  expect(ofServer).toMatchObject({
    why: expect.stringMatching(/^its clients are cut off, .* port 4143 .*; .* the clients send in clear/),
  });
  expect(ofClient).toMatchObject({ why: expect.stringMatching(/^what it sends .* is not encrypted/) });
});

const POLICY = 'config.linkerd.io/default-inbound-policy';

/** A pod whose proxy was made under an inbound policy. */
const under = (app: string, value: string, annotations?: Record<string, string>) => {
  const env = [{ name: 'LINKERD2_PROXY_INBOUND_DEFAULT_POLICY', value }];
  const spec = { containers: [{ name: app }, { name: 'linkerd-proxy', env }] };
  return pod(app, { spec, annotations: annotations ?? { [POLICY]: 'deny' } });
};

it('tells a pod that was made under audit, and one whose template somebody has changed', async () => {
  const open = under('nats-publisher', 'all-unauthenticated', { [POLICY]: 'all-unauthenticated' });
  const found = await pods(target([under('nats-broker', 'audit'), open]));
  expect(found).toMatchObject([
    {
      what: 'nats-broker-0 was made under the inbound policy audit instead of deny',
      remedy: 'kubectl --context vm-a -n nats-system rollout restart statefulset/nats-broker',
    },
    {
      what: 'nats-publisher-0 was made under the inbound policy all-unauthenticated instead of deny',
      remedy: 'kubectl --context vm-a apply -f dist/vm-a',
    },
  ]);
});

it('wants audit where the topology does', async () => {
  const audited = { ...topology, accessPolicy: 'audit' } as const;
  const found = await pods(target([under('nats-broker', 'audit'), under('nats-publisher', 'deny')], audited));
  expect(found.map((each) => each.what)).toEqual([
    'nats-publisher-0 was made under the inbound policy deny instead of audit',
  ]);
});
