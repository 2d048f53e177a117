import { describe, expect, it } from 'vitest';
import { clusterApps } from '../../../constructs/cluster-apps.ts';
import { topology as applications } from '../../../examples/applications.ts';
import { topology as everyProperty } from '../../../examples/every-property.ts';
import { topology as gateway } from '../../../examples/linkerd-gateway.ts';
import { topology as monitoring } from '../../../examples/monitoring.ts';
import { topology as operators } from '../../../examples/operators.ts';
import { topology as plaintext } from '../../../examples/plaintext.ts';
import { topology as waysIn } from '../../../examples/ways-in.ts';
import { InvalidInput } from '../../../model/checks.ts';
import type { Model } from '../../../model/model.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from '../../../topology.ts';

/** Each place in a value, as the keys that lead to it. */
function places(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  const within = keys.flatMap((key) =>
    places((value as Record<string | number, unknown>)[key]).map((rest) => [key, ...rest]),
  );
  return [[], ...within];
}

/** The value with another one at a place. */
function changed(value: unknown, [key, ...rest]: readonly (string | number)[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = changed(copy[key], rest, other);
  return copy;
}

const odd = [
  undefined,
  null,
  true,
  false,
  0,
  5,
  -1.5,
  1e30,
  '',
  'no',
  'a b',
  [],
  [null],
  ['x'],
  {},
  { x: 1 },
];

describe.each(
  Object.entries({
    topology,
    applications,
    everyProperty,
    gateway,
    monitoring,
    operators,
    plaintext,
    waysIn,
  }),
)('any value at any place of %s', (_, good) => {
  it('is taken, or refused in one line that names a place of topology.ts', () => {
    for (const place of places(good)) {
      for (const value of odd) {
        const wrong = changed(good, place, value);
        try {
          resolve(wrong);
        } catch (error) {
          const what = `${JSON.stringify(value)} at ${place.join('.')}`;
          expect(error, what).toBeInstanceOf(InvalidInput);
          expect((error as Error).message, what).toMatch(/^topology\.ts `[\w.[\]]+`: .+[^.]\.$/);
        }
      }
    }
  });
});

it.each(Object.entries({ everyProperty, operators }))(
  'what is taken of %s is taken by the constructs too, which have rules of their own',
  (_, good) => {
    let taken = 0;
    for (const place of places(good)) {
      for (const value of [undefined, true, 5, 31000, 'a.b', '>', '1Gi', 'ORDERS', ['x']]) {
        let model: Model;
        try {
          model = resolve(changed(good, place, value));
        } catch {
          continue;
        }
        taken += 1;
        expect(() => [...clusterApps(model)], `${JSON.stringify(value)} at ${place.join('.')}`).not.toThrow();
      }
    }
    expect(taken).toBeGreaterThan(100);
  },
);

const [leafCluster] = topology.leafClusters;
const { brokerCluster } = topology;
const broker = (change: object) => ({ ...topology, brokerCluster: { ...brokerCluster, ...change } });
const leaf = (change: object) => ({ ...topology, leafClusters: [{ ...leafCluster, ...change }] });
const publisher = (change: object) => broker({ publishers: [{ name: 'app', subject: 'app.in', ...change }] });
const jetStream = (change: object) => broker({ jetStream: { storage: { size: '10Gi' }, ...change } });
const amounts = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };

const notYesOrNo = 'is not a choice; use true or false';
const notWrittenOut = 'is not a choice; use true, or leave it out';

it.each<[string, unknown, string]>([
  ['no topology', undefined, '`topology`: undefined is not an object; give it brokerCluster, leafClusters'],
  ['null', null, '`topology`: null is not an object; give it brokerCluster'],
  ['a text', 'x', '`topology`: "x" is not an object'],
  [
    'a leaf that is null',
    { brokerCluster, leafClusters: [null] },
    '`leafClusters[0]`: null is not an object; give it name, address',
  ],
  ['ipv6', { ...topology, ipv6: 'false' }, `\`ipv6\`: "false" ${notYesOrNo}.`],
  ['linkerdCni', leaf({ linkerdCni: 'false' }), `\`leafClusters[0].linkerdCni\`: "false" ${notYesOrNo}.`],
  [
    'passwordInEnvironment',
    publisher({ passwordInEnvironment: 'no' }),
    `\`brokerCluster.publishers[0].passwordInEnvironment\`: "no" ${notYesOrNo}.`,
  ],
  ['tls', broker({ clientListener: { tls: 0 } }), `\`brokerCluster.clientListener.tls\`: 0 ${notYesOrNo}.`],
  [
    'insecurePlaintext of a listener',
    broker({ clientListener: { tls: false, insecurePlaintext: 'no' } }),
    `\`brokerCluster.clientListener.insecurePlaintext\`: "no" ${notWrittenOut}.`,
  ],
  [
    'insecurePlaintext of a link',
    leaf({ link: { kind: 'plaintext', insecurePlaintext: 'no' } }),
    `\`leafClusters[0].link.insecurePlaintext\`: "no" ${notWrittenOut}.`,
  ],
  [
    'allowDataLoss',
    broker({ streams: [{ name: 'A', subjects: ['a'], maxAge: '1d', maxBytes: '1Gi', allowDataLoss: 'no' }] }),
    `\`brokerCluster.streams[0].allowDataLoss\`: "no" ${notWrittenOut}.`,
  ],
  [
    'a number of CPUs',
    leaf({ resources: { ...amounts, limits: { cpu: 1, memory: '1Gi' } } }),
    '`leafClusters[0].resources.limits.cpu`: 1 is no amount of CPU; use for example 500m or 2.',
  ],
  [
    'resources without limits',
    leaf({ resources: { requests: amounts.requests } }),
    '`leafClusters[0].resources.limits`: undefined is not an object; give it cpu, memory.',
  ],
  ['a scraper', leaf({ scraper: 'x' }), '`leafClusters[0].scraper`: "x" is not an object'],
  [
    'streams',
    broker({ streams: {} }),
    "`brokerCluster.streams`: {} is not a list; use for example [{ name: 'EVENTS', subjects:",
  ],
  ['mirrors', leaf({ mirrors: 'x' }), '`leafClusters[0].mirrors`: "x" is not a list; use for example [\'EV'],
  ['consumers', leaf({ consumers: {} }), '`leafClusters[0].consumers`: {} is not a list'],
  ['a link', leaf({ link: 'nats-tls' }), '`leafClusters[0].link`: "nats-tls" is not an object; use for ex'],
  [
    'a misspelt property of a link',
    leaf({ link: { kind: 'linkerd-gateway', linkName: 'a', name: 'b' } }),
    '`leafClusters[0].link`: has no property "name"; use kind, linkName.',
  ],
  [
    'a misspelt property of a scraper',
    leaf({ scraper: { serviceAccount: 'a', namespace: 'b', port: 1 } }),
    '`leafClusters[0].scraper`: has no property "port"; use serviceAccount, namespace.',
  ],
  [
    'a misspelt property of resources',
    leaf({ resources: { ...amounts, limit: {} } }),
    '`leafClusters[0].resources`: has no property "limit"; use requests, limits.',
  ],
  [
    'a misspelt property whose right name is missing for it',
    publisher({ subject: undefined, subjects: ['a'] }),
    '`brokerCluster.publishers[0]`: has no property "subjects"; use name, subject',
  ],
  [
    'the class of the storage',
    jetStream({ storage: { size: '10Gi', className: 5 } }),
    '`brokerCluster.jetStream.storage.className`: 5 is not the name of a storage class; use for example local',
  ],
  [
    'a number of messages',
    leaf({ consumers: [{ name: 'a', stream: 'b', maxDeliver: '3' }] }),
    '`leafClusters[0].consumers[0].maxDeliver`: "3" is not a number of messages',
  ],
  [
    'networks of an external client',
    broker({ externalClients: [{ name: 'ops' }] }),
    "`brokerCluster.externalClients[0].networks`: nothing says where it dials from; list its CIDRs, or write 'anywhere'.",
  ],
])('a wrong type is refused with the property, the value and the remedy: %s', (_, wrong, message) => {
  expect(() => resolve(wrong)).toThrow(`topology.ts ${message}`);
});
