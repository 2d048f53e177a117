import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { topology as customized } from '../../../examples/customize.ts';
import { topology as production } from '../../../examples/production.ts';
import type { Customize } from '../../../model/customize.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { customizedApps } from '../../../synth/customized-apps.ts';
import { TUNABLE } from '../../../synth/promises/server-conf.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';
import { objectsOf } from '../../support/minted.ts';

const { add, copy, remove, replace } = JsonPatch;

const made = (from: Topology, customize?: Customize) =>
  new Map(
    [...synthesize(resolve({ ...from, customize }))].map(({ name, files }) => [
      name,
      [...files.values()].flatMap(objectsOf),
    ]),
  );

/** Patches one object of vm-a. */
const patch =
  (kind: string, name: string, ...patches: JsonPatch[]): Customize =>
  (objects, cluster) => {
    if (cluster !== 'vm-a') return;
    const found = objects.find((object) => object.kind === kind && object.name === name);
    if (!found) throw new Error(`no ${kind} ${name}`);
    found.addJsonPatch(...patches);
  };

/** Adds an object to the workloads of vm-a. */
const extra =
  (manifest: object): Customize =>
  (objects, cluster) => {
    if (cluster !== 'vm-a') return;
    const object = { metadata: { name: 'extra', namespace: 'nats-system' }, ...manifest };
    new ApiObject(Chart.of(objects.at(-1)!), 'extra', object as never);
  };

const conf = (change: (text: string) => string): Customize => {
  return (objects, cluster) => {
    if (cluster !== 'vm-a') return;
    const found = objects.find(({ kind, name }) => kind === 'ConfigMap' && name === 'nats-broker-config')!;
    found.addJsonPatch(replace('/data/nats.conf', change(found.toJson().data['nats.conf'])));
  };
};

const POD = '/spec/template/spec';
const CONTAINER = `${POD}/containers/0`;

const sidecar = {
  name: 'sidecar',
  image: 'busybox:1',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

describe('customize', () => {
  it('is called once for each cluster, with its objects', () => {
    const calls: [string, number][] = [];
    made(topology, (objects, cluster) => calls.push([cluster, objects.length]));
    expect(calls.map(([cluster]) => cluster)).toEqual(['vm-a', 'vm-b']);
    for (const [, count] of calls) expect(count).toBeGreaterThan(10);
  });

  it('that changes nothing changes no byte', () => {
    const text = (from: Topology) => [...synthesize(resolve(from))].map(({ files }) => [...files]);
    expect(text({ ...production, customize: () => {} })).toEqual(text(production));
  });

  it('changes the objects that are written, and no others', () => {
    const [before, after] = [made(topology), made(customized, customized.customize)];
    const changed = [...after].flatMap(([cluster, objects]) =>
      objects.flatMap((object, i) =>
        JSON.stringify(object) === JSON.stringify(before.get(cluster)![i])
          ? []
          : [`${cluster} ${object.kind} ${object.metadata.name}`],
      ),
    );
    expect(changed).toEqual([
      'vm-a ConfigMap nats-broker-config',
      'vm-a StatefulSet nats-broker',
      'vm-a Deployment nats-publisher',
      'vm-b StatefulSet nats-leaf',
    ]);
  });

  it('rolls the servers whose nats.conf it changes', () => {
    const checksum = (customize?: Customize) => {
      const set = made(topology, customize)
        .get('vm-a')!
        .find(({ kind }) => kind === 'StatefulSet')!;
      const { template } = set.spec as { template: { metadata: { annotations: Record<string, string> } } };
      return template.metadata.annotations['checksum/nats.conf'];
    };
    expect(checksum(conf((text) => `${text}ping_max: 3\n`))).not.toBe(checksum());
    expect(checksum(() => {})).toBe(checksum());
  });
});

const ALLOWED: [string, Customize][] = [
  [
    'a label of a pod more',
    patch('StatefulSet', 'nats-broker', add('/spec/template/metadata/labels/team', 'x')),
  ],
  ['a restricted sidecar', patch('StatefulSet', 'nats-broker', add(`${POD}/containers/-`, sidecar))],
  [
    'a variable more',
    patch('StatefulSet', 'nats-broker', add(`${CONTAINER}/env/-`, { name: 'TZ', value: 'UTC' })),
  ],
  ['a label of a policy', patch('NetworkPolicy', 'nats-broker', add('/metadata/labels', { team: 'x' }))],
  [
    'a Service within the cluster',
    extra({ apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } }),
  ],
  [
    'how a proxy logs',
    patch(
      'Deployment',
      'nats-publisher',
      add('/spec/template/metadata/annotations/config.linkerd.io~1proxy-log-level', 'info'),
    ),
  ],
  ['a setting of nats-server', conf((text) => `${text}max_pending: 1000000\n`)],
];

describe('customize may add', () => {
  it.each(ALLOWED)('%s', (_, customize) => {
    expect(() => made(topology, customize)).not.toThrow();
  });
});

const NEW_POLICY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  spec: { podSelector: {}, ingress: [{}] },
};
const linkerd = (name: string) => `/spec/template/metadata/annotations/config.linkerd.io~1${name}`;

const REFUSED: [string, Customize, string][] = [
  [
    'a policy that admits more',
    patch('NetworkPolicy', 'nats-broker', add('/spec/ingress/-', {})),
    'NetworkPolicy nats-system/nats-broker is another; the topology says who may connect to whom',
  ],
  [
    'a policy that has another name',
    patch('NetworkPolicy', 'default-deny', replace('/metadata/name', 'deny')),
    'NetworkPolicy nats-system/default-deny is gone; the topology says who may connect to whom',
  ],
  [
    'a policy more',
    extra(NEW_POLICY),
    'NetworkPolicy nats-system/extra is new, and policies add to each other',
  ],
  [
    'a policy of Linkerd more',
    extra({ apiVersion: 'policy.linkerd.io/v1beta3', kind: 'Server', spec: {} }),
    'Server nats-system/extra is new',
  ],
  [
    'a namespace that is not meshed',
    patch('Namespace', 'nats-system', replace('/metadata/annotations/linkerd.io~1inject', 'disabled')),
    'Namespace nats-system has other annotations of linkerd.io',
  ],
  [
    'a port that the proxy leaves out',
    patch('StatefulSet', 'nats-broker', add(linkerd('skip-inbound-ports'), '4222')),
    'StatefulSet nats-system/nats-broker has other annotations of linkerd.io',
  ],
  [
    'pods without the label that policies select',
    patch('StatefulSet', 'nats-broker', replace('/spec/template/metadata/labels/app', 'other')),
    'has pods without the labels that Services and policies select',
  ],
  [
    'another service account',
    patch('Deployment', 'nats-publisher', replace(`${POD}/serviceAccountName`, 'default')),
    'Deployment nats-system/nats-publisher has another serviceAccountName',
  ],
  [
    'other arguments of the server',
    patch('StatefulSet', 'nats-broker', add(`${CONTAINER}/args/-`, '--tls=false')),
    'has other args in its container nats',
  ],
  [
    'a variable twice',
    patch('StatefulSet', 'nats-broker', add(`${CONTAINER}/env/-`, { name: 'SERVER_NAME', value: 'x' })),
    'has other env in its container nats',
  ],
  [
    'no container of that name any more',
    patch('StatefulSet', 'nats-broker', replace(`${CONTAINER}/name`, 'server')),
    'has no container nats any more, or two',
  ],
  [
    'another Secret in a volume',
    patch('StatefulSet', 'nats-broker', replace(`${POD}/volumes/1/secret/secretName`, 'other')),
    'StatefulSet nats-system/nats-broker has other volumes',
  ],
  [
    'pods on the network of their node',
    patch('StatefulSet', 'nats-broker', add(`${POD}/hostNetwork`, true)),
    'StatefulSet nats-system/nats-broker has hostNetwork; leave it out',
  ],
  [
    'a folder of the node',
    patch('StatefulSet', 'nats-broker', add(`${POD}/volumes/-`, { name: 'host', hostPath: { path: '/' } })),
    'has the volume host of a kind that restricted pods may not have',
  ],
  [
    'a sidecar that may become root',
    patch('StatefulSet', 'nats-broker', add(`${POD}/containers/-`, { ...sidecar, securityContext: {} })),
    'has a container sidecar that is not restricted; write allowPrivilegeEscalation: false',
  ],
  [
    'a pod of its own that is not restricted',
    extra({ apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'own', image: 'busybox:1' }] } }),
    "Pod nats-system/extra has a container own that is not restricted; write capabilities: { drop: ['ALL'] }",
  ],
  [
    'a Service that opens something else',
    patch('Service', 'nats-broker', add('/spec/type', 'NodePort')),
    'Service nats-system/nats-broker leads or opens to something else',
  ],
  [
    'a NodePort more',
    extra({ apiVersion: 'v1', kind: 'Service', spec: { type: 'NodePort', ports: [{ port: 80 }] } }),
    'Service nats-system/extra opens a port to outside',
  ],
  [
    'a Secret',
    extra({ apiVersion: 'v1', kind: 'Secret', stringData: { password: 'hunter2' } }),
    'Secret nats-system/extra is a Secret in a file that is committed',
  ],
  [
    'a role',
    extra({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' }),
    'RoleBinding nats-system/extra gives rights that no pod here needs',
  ],
  [
    'a user without a password',
    conf((text) => `${text}no_auth_user: natsuser\n`),
    'ConfigMap nats-system/nats-broker-config says something else of no_auth_user; what may be said here is',
  ],
  [
    'a listener in clear, written once more at the end',
    conf((text) => `${text}leafnodes: {\n  port: 7422\n}\n`),
    'says something else of leafnodes',
  ],
  [
    'a nats.conf that cannot be read',
    conf((text) => `${text}{`),
    'has a nats.conf in another form; add lines such as max_subscriptions: 1000',
  ],
  [
    'a patch that fits nowhere',
    patch('StatefulSet', 'nats-broker', replace('/spec/absent/field', 1)),
    'customize`: cannot be carried out on vm-a: ',
  ],
  [
    'an error of its own',
    () => {
      throw new TypeError('boom\nand more');
    },
    'topology.ts `customize`: cannot be carried out on vm-a: boom; mend it.',
  ],
  [
    'a promise',
    (async () => {}) as unknown as Customize,
    'topology.ts `customize`: cannot be carried out on vm-a: it returns a promise, and nobody waits for it; mend it.',
  ],
];

describe('customize is refused for', () => {
  it.each(REFUSED)('%s', (_, customize, message) => {
    expect(() => made(topology, customize)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(message) }),
    );
  });

  it('everything that it has broken, in one message', () => {
    const both: Customize = (...call) => {
      patch('NetworkPolicy', 'nats-broker', remove('/spec/ingress'))(...call);
      patch('Service', 'nats-broker', copy('/spec/ports/0', '/spec/ports/-'))(...call);
    };
    expect(() => made(topology, both)).toThrow(
      /NetworkPolicy nats-system\/nats-broker[\s\S]*Service nats-system\/nats-broker/,
    );
  });

  it('a secret without showing it', () => {
    const secret = extra({ apiVersion: 'v1', kind: 'Secret', stringData: { password: 'hunter2' } });
    expect(() => made(topology, secret)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });

  it('not being a function', () => {
    expect(() => resolve({ ...topology, customize: 'yes' })).toThrow(
      'topology.ts `customize`: "yes" is not a function; write (objects, cluster) => { … }.',
    );
  });
});

it('says in docs/customize.md which settings of nats-server may be said', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/customize.md'), 'utf8');
  const [, list = ''] = /^These may be said: ([^.]+)\./m.exec(text) ?? [];
  expect([...list.matchAll(/`(\w+)`/g)].map(([, key]) => key)).toEqual([...TUNABLE]);
});

it('is asked about the clusters that somebody looks at, and no others', () => {
  const asked: string[] = [];
  const customize: Customize = (_, cluster) => void asked.push(cluster);
  const apps = [...customizedApps(resolve({ ...topology, customize }), new Set(['vm-b']))];
  expect(apps.map(({ name }) => name)).toEqual(['vm-b']);
  expect(asked).toEqual(['vm-b']);
});
