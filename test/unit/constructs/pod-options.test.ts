import { describe, expect, it } from 'vitest';
import { topology as operators } from '../../../examples/operators.ts';
import { InvalidInput } from '../../../model/checks.ts';
import type { PodOptions } from '../../../model/pod-options.ts';
import { resolve } from '../../../model/resolve.ts';
import type { BrokerCluster, Topology } from '../../../model/topology.ts';
import { documents, objectsOf } from '../../../synth/read-manifest.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import type { PodTemplate } from '../../support/manifest.ts';

const broker: BrokerCluster = {
  ...{ name: 'hub', address: '192.0.2.1', issuer: 'hub-issuer', replicas: 3 },
  jetStream: { storage: { size: '1Gi' } },
  publishers: [
    { name: 'demo', subject: 'test.messages' },
    { name: 'shop', user: 'shop', subject: 'orders', pods: { labels: { team: 'shop' }, tolerations: [] } },
  ],
};

/** The pod template of each workload in the broker's cluster, by name. */
function templates(topology: Topology): Record<string, PodTemplate> {
  const [hub] = synthesize(resolve(topology));
  const objects = [...hub!.files.values()].flatMap((text) => documents(text).flatMap(objectsOf));
  return Object.fromEntries(
    objects
      .filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')
      .map(({ metadata, spec }) => [metadata.name, (spec as { template: PodTemplate }).template]),
  );
}

const withPods = (pods: PodOptions, serverPods?: PodOptions) =>
  templates({ brokerCluster: { ...broker, pods, serverPods }, leafClusters: [] });

describe('what an operator says of the pods', () => {
  it('holds for every pod of the cluster, and a server or a workload says otherwise for its own', () => {
    const tolerations = [{ key: 'dedicated', value: 'nats', effect: 'NoSchedule' }] as const;
    const pods = withPods(
      { nodeSelector: { disk: 'ssd' }, tolerations, labels: { team: 'core' } },
      { nodeSelector: { disk: 'nvme' }, priorityClassName: 'servers' },
    );
    const told = Object.entries(pods).map(([name, { metadata, spec }]) => {
      const { nodeSelector, tolerations, priorityClassName } = spec as object as Record<string, unknown>;
      return [name, { nodeSelector, tolerations, priorityClassName, team: metadata?.labels?.team }];
    });
    const all = { nodeSelector: { disk: 'ssd' }, tolerations, priorityClassName: undefined, team: 'core' };
    expect(Object.fromEntries(told)).toEqual({
      'nats-broker': { ...all, nodeSelector: { disk: 'nvme' }, priorityClassName: 'servers' },
      'nats-streams': all,
      demo: all,
      // The API server drops an empty list.
      shop: { ...all, team: 'shop', tolerations: undefined },
    });
  });

  it('spreads servers over hosts as a wish, unless it is a condition', () => {
    const spread = (pods: PodOptions) =>
      (withPods(pods)['nats-broker']!.spec as object as Record<string, unknown>).topologySpreadConstraints;
    const labelSelector = { matchLabels: { app: 'nats-broker' } };
    const hosts = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', labelSelector };
    const wish = { ...hosts, whenUnsatisfiable: 'ScheduleAnyway' };
    const zones = { ...hosts, topologyKey: 'topology.kubernetes.io/zone' };
    const condition = { whenUnsatisfiable: 'DoNotSchedule', minDomains: 3 };
    expect(spread({})).toEqual([wish]);
    expect(spread({ spread: { hosts: 'required' } })).toEqual([{ ...hosts, ...condition }]);
    expect(spread({ spread: { zones: 'required' } })).toEqual([wish, { ...zones, ...condition }]);
    expect(spread({ spread: { zones: 'preferred' } })).toEqual([
      wish,
      { ...zones, whenUnsatisfiable: 'ScheduleAnyway' },
    ]);
  });

  it('makes a broker Guaranteed: every container and the proxy request what they may use', () => {
    const { metadata, spec } = templates(operators)['nats-broker']!;
    const names = spec.containers.map(({ name }) => name);
    expect(names).toEqual(['nats', 'config-reloader', 'exporter']);
    for (const one of spec.containers as unknown as { resources: Record<string, unknown> }[]) {
      expect(one.resources.requests).toEqual(one.resources.limits);
    }
    expect(metadata?.annotations).toMatchObject({
      'config.linkerd.io/proxy-cpu-request': '1',
      'config.linkerd.io/proxy-cpu-limit': '1',
      'config.linkerd.io/proxy-memory-request': '256Mi',
      'config.linkerd.io/proxy-memory-limit': '256Mi',
    });
  });

  it('never changes what Services and policies select', () => {
    const [hub] = synthesize(resolve(operators));
    const objects = [...hub!.files.values()].flatMap((text) => documents(text).flatMap(objectsOf));
    const selectors = JSON.stringify(
      objects.map(({ spec }) => [spec?.selector, spec?.podSelector, spec?.ingress, spec?.egress]),
    );
    expect(selectors).toContain('"app":"nats-broker"');
    expect(selectors).not.toMatch(/app\.kubernetes\.io|"team"/);
  });
});

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const ours = 'is what the manifests say and Services and policies select; use another name';
const linkerds = 'could change what Linkerd encrypts or admits, which the manifests decide; use another name';

it.each<[PodOptions, string]>([
  [
    { labels: { team: 'a b' } },
    "labels`: \"a b\" is not the value of a label; use at most 63 letters, digits, '-', '_' and '.'.",
  ],
  [{ labels: { 'a b': 'team' } }, 'labels`: "a b" is not the name of a label; use for example release.'],
  [{ labels: { app: 'other' } }, `labels\`: "app" ${ours}.`],
  [{ labels: { 'app.kubernetes.io/name': 'nats' } }, `labels\`: "app.kubernetes.io/name" ${ours}.`],
  [
    { labels: { 'linkerd.io/control-plane-ns': 'linkerd' } },
    'labels`: "linkerd.io/control-plane-ns" is Linkerd\'s own; use another name.',
  ],
  [
    { labels: { 'pod-template-hash': '1' } },
    'labels`: "pod-template-hash" is set by Kubernetes\' own controllers; use another name.',
  ],
  [{ annotations: { 'linkerd.io/inject': 'disabled' } }, `annotations\`: "linkerd.io/inject" ${linkerds}.`],
  [
    { annotations: { 'config.linkerd.io/skip-inbound-ports': '4222' } },
    `annotations\`: "config.linkerd.io/skip-inbound-ports" ${linkerds}.`,
  ],
  [
    { annotations: { 'config.alpha.linkerd.io/proxy-enable-native-sidecar': 'false' } },
    `annotations\`: "config.alpha.linkerd.io/proxy-enable-native-sidecar" ${linkerds}.`,
  ],
  [
    { annotations: { 'prometheus.io/port': '1' } },
    'annotations`: "prometheus.io/port" is what `monitoring` decides; use another name.',
  ],
  [
    { annotations: { team: 1 as unknown as string } },
    'annotations`: 1 of "team" is not a text; write it in quotes.',
  ],
  [
    { tolerations: [{ value: 'nats' }] },
    "tolerations[0]`: has no key, so that it matches no taint; name one, or write `operator: 'Exists'` for every taint.",
  ],
  [
    { tolerations: [{ key: 'dedicated', operator: 'Exists', value: 'nats' }] },
    'tolerations[0].value`: "nats" cannot be compared by "Exists"; leave it out, or use Equal.',
  ],
  [
    { tolerations: [{ key: 'dedicated', effect: 'NoStart' as 'NoSchedule' }] },
    'tolerations[0].effect`: "NoStart" is not a choice; use NoSchedule or PreferNoSchedule or NoExecute.',
  ],
  [
    { tolerations: [{ key: 'dedicated', tolerationSeconds: 5 }] },
    "tolerations[0].tolerationSeconds`: is for a taint that evicts; write `effect: 'NoExecute'`, or leave it out.",
  ],
  [
    { priorityClassName: 'High' },
    "priorityClassName`: \"High\" is not the name of a PriorityClass; use lower-case letters, digits, '-' and '.'.",
  ],
  [
    { proxyResources: { requests: { cpu: '2', memory: '64Mi' }, limits: { cpu: '1', memory: '64Mi' } } },
    'proxyResources`: requests "2" of cpu, above the limit of "1"; raise the limit or request less.',
  ],
  [
    { nodeSelector: { disk: 'a/b' } },
    "nodeSelector`: \"a/b\" is not the value of a label; use at most 63 letters, digits, '-', '_' and '.'.",
  ],
  [
    { spread: { hosts: 'always' as 'required' } },
    'spread.hosts`: "always" is not a choice; use preferred or required.',
  ],
  [
    { affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [] } } } },
    `affinity.nodeAffinity.${required}.nodeSelectorTerms\`: is empty and matches no node; list a term, or leave it out.`,
  ],
  [
    { affinity: { podAffinity: { [preferred]: [{ weight: 0, podAffinityTerm: { topologyKey: 'zone' } }] } } },
    `affinity.podAffinity.${preferred}[0].weight\`: 0 is not a weight; use a whole number from 1 to 100.`,
  ],
  [
    {
      affinity: {
        podAntiAffinity: {
          [required]: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] },
            },
          ],
        },
      },
    },
    `affinity.podAntiAffinity.${required}[0].labelSelector.matchExpressions[0].values\`: "In" has nothing to compare with; list \`values\`.`,
  ],
])('refuses pods %o in one line', (pods, message) => {
  expect(() => withPods(pods)).toThrow(new InvalidInput(`topology.ts \`brokerCluster.pods.${message}`));
});
