import { App, Chart } from 'cdk8s';
import { expect, it } from 'vitest';
import { InvalidInput, LinkerdNamespace, type LinkerdNamespaceProps } from '../../../constructs/index.ts';
import { listing, manifest, object } from './fixtures.ts';

function chartWith(props?: LinkerdNamespaceProps): Chart {
  const chart = new Chart(new App(), 'chart');
  new LinkerdNamespace(chart, 'namespace', props);
  return chart;
}

const all: Required<LinkerdNamespaceProps> = {
  name: 'messaging',
  accessPolicy: 'audit',
  linkerdCni: true,
  scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
};

it.each([
  ['minimal', undefined],
  ['all', all],
])('makes the same manifest as before with %s props', async (name, props) => {
  await expect(manifest(chartWith(props))).toMatchFileSnapshot(`snapshots/linkerd-namespace.${name}.yaml`);
});

it('has its pods meshed, denies by default, and outlives what a repository no longer has', () => {
  expect(object(chartWith(), 'Namespace', 'nats-system').metadata.annotations).toEqual({
    'linkerd.io/inject': 'enabled',
    'config.linkerd.io/default-inbound-policy': 'deny',
    'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  });
});

it('denies every packet that no workload asks for', () => {
  expect(object(chartWith(), 'NetworkPolicy', 'default-deny').spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
  });
});

it('lets pass and logs what would be denied, in audit mode', () => {
  const chart = chartWith(all);
  expect(object(chart, 'Namespace', 'messaging').metadata.annotations).toHaveProperty(
    ['config.linkerd.io/default-inbound-policy'],
    'audit',
  );
  expect(object(chart, 'Server', 'linkerd-admin').spec).toHaveProperty('accessPolicy', 'audit');
});

it.each([
  [false, 'privileged'],
  [true, 'restricted'],
])('with the Linkerd CNI plugin %s enforces the %s Pod Security level', (linkerdCni, level) => {
  expect(object(chartWith({ linkerdCni }), 'Namespace', 'nats-system').metadata.labels).toEqual({
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': 'restricted',
  });
});

it("opens nobody the proxies' metrics without a scraper", () => {
  expect(listing(chartWith())).toEqual(['Namespace/nats-system', 'NetworkPolicy/default-deny']);
});

it("lets the scraper and nobody else read the proxies' metrics", () => {
  const chart = chartWith(all);
  expect(object(chart, 'Server', 'linkerd-admin').spec).toEqual({
    accessPolicy: 'audit',
    podSelector: {},
    port: 'linkerd-admin',
    proxyProtocol: 'HTTP/1',
  });
  expect(object(chart, 'MeshTLSAuthentication', 'linkerd-admin-mesh').spec).toEqual({
    identityRefs: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'monitoring' }],
  });
});

it('lets a scraper outside the mesh read them from its networks', () => {
  const chart = chartWith({ scraper: { networks: ['203.0.113.7/32'] } });
  expect(object(chart, 'NetworkAuthentication', 'linkerd-admin-networks').spec).toEqual({
    networks: [{ cidr: '203.0.113.7/32' }],
  });
});

it('refuses a name that is not a DNS label', () => {
  expect(() => chartWith({ name: 'NATS' })).toThrow(
    new InvalidInput(
      'LinkerdNamespace `name`: "NATS" is not a DNS label; use at most 52 lower-case letters, digits and \'-\', starting with a letter and ending with a letter or digit.',
    ),
  );
});

it('refuses a scraper without a place to dial from', () => {
  expect(() => chartWith({ scraper: { networks: [] } })).toThrow(
    new InvalidInput(
      "LinkerdNamespace `scraper.networks`: nothing says where the scraper dials from; list its CIDRs, or write 'anywhere'.",
    ),
  );
});
