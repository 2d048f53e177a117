import { describe, expect, it } from 'vitest';
import { InvalidInput, NatsBroker, type NatsBrokerProps } from '../../../constructs/index.ts';
import type { SitesModel } from '../../../model/sites.ts';
import {
  cluster,
  container,
  listing,
  manifest,
  object,
  objects,
  PROMETHEUS,
  rules,
  secretTexts,
  template,
} from './fixtures.ts';

type Props = Omit<NatsBrokerProps, 'namespace' | 'cluster' | 'address'>;

function brokerWith(props: Props = {}, address = '1.1.1.1') {
  const { chart, namespace } = cluster(props.monitoring ? { scraper: PROMETHEUS } : {});
  return {
    chart,
    broker: new NatsBroker(chart, 'broker', { namespace, cluster: 'vm-a', address, ...props }),
  };
}
const chartWith = (props?: Props, address?: string) => brokerWith(props, address).chart;
const configWith = (props?: Props, address?: string) => brokerWith(props, address).broker.config;

const all: Required<Omit<Props, 'sites'>> = {
  name: 'hub',
  images: { natsServer: 'nats:2.15.0-alpine' },
  pods: {
    proxyResources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '2', memory: '128Mi' } },
  },
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  replicas: 3,
  furtherAddresses: ['nats.example.com', '2001:db8::1'],
  clientListener: { loadBalancerPort: 4443 },
  leafListener: { nodePort: 31722, tls: false, insecurePlaintext: true },
  loadBalancer: {
    className: 'service.k8s.aws/nlb',
    annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' },
    nodePorts: false,
  },
  exported: true,
  ipv6: true,
  jetStream: { storage: { size: '10Gi', className: 'fast' }, syncInterval: '30s' },
  monitoring: 'annotations',
  settings: { maxPayload: '8Mi', maxConnections: 10_000, writeDeadline: '5s', logLevel: 'trace' },
  certificates: {
    issuerRef: { name: 'vault', kind: 'ClusterIssuer', group: 'cert-manager.io' },
    intermediate: undefined,
    duration: 48,
    renewBefore: 16,
    contentOf: (name) => ({ commonName: name, names: [name, '10.0.0.1'], purposes: ['serverAuth'] }),
  },
};

it.each([
  ['minimal', {}],
  ['all', all],
])('makes the same manifest as before with %s props', async (name, props) => {
  await expect(manifest(chartWith(props))).toMatchFileSnapshot(`snapshots/nats-broker.${name}.yaml`);
});

describe('with servers on other sites', () => {
  const sites: SitesModel = {
    natsCluster: 'vm-x',
    exposure: { kind: 'NodePort', port: 31622 },
    retiring: false,
    others: [
      { name: 'vm-x', addresses: ['nats.example.com'], networks: ['9.9.9.0/28'], replicas: 3 },
      { name: 'vm-y', addresses: ['8.8.8.8', '8.8.4.4'], networks: ['8.8.8.8/32'], replicas: 1 },
    ],
    servers: ['vm-a-nats-broker-0', 'vm-x-nats-broker-0', 'vm-y-nats-broker-0'].map((name) => ({
      name,
      keepsStreams: true,
    })),
  };

  it('makes the same manifest as before', async () => {
    const jetStream = { storage: { size: '10Gi' } };
    await expect(manifest(chartWith({ sites, jetStream }))).toMatchFileSnapshot(
      'snapshots/nats-broker.sites.yaml',
    );
  });

  it('gives each of several servers a port of its own, and has the others dial every one', () => {
    const { chart, broker } = brokerWith({ sites, replicas: 3 });
    const routes = [0, 1, 2].map((i) => object(chart, 'Service', `nats-broker-route-${i}`));
    expect(routes.map(({ spec }) => spec)).toMatchObject(
      [0, 1, 2].map((i) => ({
        selector: { app: 'nats-broker', 'statefulset.kubernetes.io/pod-name': `nats-broker-${i}` },
        ports: [{ nodePort: 31622 + i, targetPort: 6222 }],
      })),
    );
    for (const port of [31622, 31623, 31624])
      expect(broker.config).toContain(`tls://nats.example.com:${port}`);
    expect(broker.config).not.toContain('8.8.8.8:31623');
  });

  it('has one load balancer for the routes and the leaves, which passes on whom it should', () => {
    const { chart, broker } = brokerWith({
      sites: { ...sites, exposure: { kind: 'LoadBalancer', port: 6000 } },
      leafListener: { loadBalancerPort: 443 },
    });
    broker.acceptLeaf({ cluster: 'vm-b', networks: ['2.2.2.2/32'] });
    expect(object(chart, 'Service', 'nats-broker-balancer').spec).toMatchObject({
      ports: [
        { name: 'leafnodes', port: 443, targetPort: 7422 },
        { name: 'cluster', port: 6000, targetPort: 6222 },
      ],
      loadBalancerSourceRanges: ['9.9.9.0/28', '8.8.8.8/32', '2.2.2.2/32'],
      externalTrafficPolicy: 'Local',
    });
    expect(objects(chart).map(({ metadata }) => metadata.name)).not.toContain('nats-broker-route-0');
    expect(broker.config).toContain('tls://8.8.8.8:6000');
    expect(broker.config).toContain('advertise: "1.1.1.1:6000"');
  });

  it('keeps streams from a site that retires', () => {
    const { broker } = brokerWith({ sites: { ...sites, retiring: true } });
    expect(broker.config).toMatch(/server_tags: \[\s*"site:vm-a"\s*"!jetstream"\s*\]/);
  });

  it('lets no client have the name by which servers join', () => {
    const { broker } = brokerWith({ sites });
    expect(() => broker.allowExternal({ name: 'nats-broker-route', networks: ['9.9.9.9/32'] })).toThrow(
      'NatsBroker `user`: "nats-broker-route" is whom the servers of a broker know each other by; give the client another name.',
    );
  });

  it('tells leaves of every address', () => {
    const { broker } = brokerWith({ sites });
    const { hosts, egress, cluster, password } = broker.acceptLeaf({
      cluster: 'vm-b',
      networks: ['2.2.2.2/32'],
    });
    expect(hosts).toEqual([...broker.addresses, 'nats.example.com', '8.8.8.8', '8.8.4.4']);
    expect(egress.networks).toBe('anywhere');
    expect({ cluster, password }).toEqual({ cluster: 'vm-x', password: 'vm-x/leaf-vm-b' });
  });
});

describe('its pod', () => {
  const annotations = (props?: Props) =>
    template(chartWith(props), 'StatefulSet', 'nats-broker').metadata?.annotations;

  it('is rolled when nats.conf changes, and only then', () => {
    const checksum = (props?: Props) => annotations(props)?.['checksum/nats.conf'];
    expect(checksum()).toMatch(/^[0-9a-f]{64}$/);
    expect(checksum({ images: { natsServer: 'nats:2.15.0-alpine' } })).toBe(checksum());
    expect(checksum({ leafListener: { nodePort: 31722 } })).not.toBe(checksum());
  });

  it('tells the proxy which ports speak first, without the monitoring port, and what it may use', () => {
    expect(annotations()).toEqual({
      'checksum/nats.conf': expect.any(String),
      'config.linkerd.io/opaque-ports': '4222,7422',
      'config.linkerd.io/proxy-cpu-request': '50m',
      'config.linkerd.io/proxy-cpu-limit': '500m',
      'config.linkerd.io/proxy-memory-request': '64Mi',
      'config.linkerd.io/proxy-memory-limit': '128Mi',
      'config.linkerd.io/default-inbound-policy': 'deny',
      'config.alpha.linkerd.io/proxy-enable-native-sidecar': 'true',
      'config.linkerd.io/proxy-enable-native-sidecar': 'true',
    });
  });

  it('has a server name that no other cluster has', () => {
    expect(container(chartWith(), 'StatefulSet', 'nats-broker').env).toEqual(
      expect.arrayContaining([{ name: 'SERVER_NAME', value: 'vm-a-$(POD_NAME)' }]),
    );
    expect(configWith()).toContain('server_name: $SERVER_NAME\n');
  });

  it('collects garbage at four fifths of the memory limit', () => {
    expect(container(chartWith(), 'StatefulSet', 'nats-broker').env).toEqual(
      expect.arrayContaining([{ name: 'GOMEMLIMIT', value: String(Math.floor(512 * 2 ** 20 * 0.8)) }]),
    );
  });

  it('drains before it stops, and is given the time to, where others take its clients', () => {
    const chart = chartWith({ replicas: 3 });
    expect(container(chartWith(), 'StatefulSet', 'nats-broker').lifecycle).toBeUndefined();
    expect(container(chart, 'StatefulSet', 'nats-broker').lifecycle?.preStop?.exec?.command).toEqual([
      'nats-server',
      '--signal',
      'ldm=/var/run/nats/nats.pid',
    ]);
    expect(template(chart, 'StatefulSet', 'nats-broker').spec.terminationGracePeriodSeconds).toBe(60);
    expect(configWith()).toContain('lame_duck_duration: "30s"\n');
  });

  it('has passwords and keys from Secrets alone', () => {
    const texts = secretTexts(chartWith());
    expect(texts).toEqual({
      'nats-broker-accounts/accounts.conf': expect.stringContaining('password: "hash of vm-a/sys"'),
      'nats-broker-tls/tls.crt': 'certificate vm-a-nats-broker',
      'nats-broker-tls/tls.key': 'key vm-a-nats-broker',
      'nats-broker-tls/ca.crt': 'the NATS CA',
    });
    for (const text of Object.values(texts)) expect(manifest(chartWith())).not.toContain(text);
  });
});

describe('its Services', () => {
  it('say of each port what it carries', () => {
    const service = object(chartWith(), 'Service', 'nats-broker');
    expect(service.metadata.annotations).toEqual({ 'config.linkerd.io/opaque-ports': '4222,7422' });
    expect(service.spec).toMatchObject({
      ports: [
        { name: 'nats', port: 4222, targetPort: 4222, appProtocol: 'linkerd.io/opaque' },
        { name: 'leafnodes', port: 7422, targetPort: 7422, appProtocol: 'linkerd.io/opaque' },
        { name: 'monitor', port: 8222, targetPort: 8222, appProtocol: 'http' },
      ],
    });
  });

  it('open 30422 and 30722 to the outside, and keep the address of who dials', () => {
    expect(object(chartWith(), 'Service', 'nats-broker-external').spec).toMatchObject({
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [
        { port: 4222, nodePort: 30422 },
        { port: 7422, nodePort: 30722 },
      ],
    });
  });

  it('leave out a closed port', () => {
    const chart = chartWith({ clientListener: { nodePort: 'closed' } });
    expect(object(chart, 'Service', 'nats-broker-external').spec).toHaveProperty('ports.length', 1);
  });

  it('open nothing when both ports are closed', () => {
    const chart = chartWith({ clientListener: { nodePort: 'closed' }, leafListener: { nodePort: 'closed' } });
    expect(manifest(chart)).not.toMatch(/NodePort|nats-broker-external/);
  });

  it('open the ports of a load balancer in place of NodePorts, and pass on who is admitted', () => {
    const listeners = { clientListener: { loadBalancerPort: 443 }, leafListener: { loadBalancerPort: 7422 } };
    const { chart, broker } = brokerWith(listeners);
    broker.acceptLeaf({ cluster: 'vm-b', networks: ['2.2.2.2/32'] });
    broker.allowExternal({ name: 'laptop', networks: ['203.0.113.0/24', '2.2.2.2/32'] });
    const service = object(chart, 'Service', 'nats-broker-balancer');
    expect(service.metadata.annotations).toEqual({ 'config.linkerd.io/opaque-ports': '443,7422' });
    expect(service.spec).toEqual({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      loadBalancerSourceRanges: ['2.2.2.2/32', '203.0.113.0/24'],
      selector: { app: 'nats-broker' },
      ports: [
        { name: 'nats', port: 443, targetPort: 4222, protocol: 'TCP', appProtocol: 'linkerd.io/opaque' },
        {
          name: 'leafnodes',
          port: 7422,
          targetPort: 7422,
          protocol: 'TCP',
          appProtocol: 'linkerd.io/opaque',
        },
      ],
    });
    expect(listing(chart)).not.toContain('Service/nats-broker-external');
  });

  it('may be a NodePort for clients and a load balancer for leaves, which knows nothing of clients', () => {
    const { chart, broker } = brokerWith({ leafListener: { loadBalancerPort: 7422 } });
    broker.acceptLeaf({ cluster: 'vm-b', networks: ['2.2.2.2/32'] });
    broker.allowExternal({ name: 'laptop', networks: ['203.0.113.0/24'] });
    expect(object(chart, 'Service', 'nats-broker-external').spec).toHaveProperty('ports.length', 1);
    expect(object(chart, 'Service', 'nats-broker-balancer').spec).toMatchObject({
      loadBalancerSourceRanges: ['2.2.2.2/32'],
      ports: [{ name: 'leafnodes' }],
    });
  });

  it.each([
    ['everybody is admitted', 'anywhere' as const],
    ['nobody is', undefined],
  ])('leave it to the policies whom to pass on when %s', (_, networks) => {
    const { chart, broker } = brokerWith({ leafListener: { loadBalancerPort: 7422 } });
    if (networks) broker.acceptLeaf({ cluster: 'vm-b', networks });
    expect(object(chart, 'Service', 'nats-broker-balancer').spec).not.toHaveProperty(
      'loadBalancerSourceRanges',
    );
  });

  it('are mirrored to other clusters only when that is asked for', () => {
    const chart = chartWith({ exported: true });
    const { metadata, ...service } = object(chart, 'Service', 'nats-broker-leafnodes');
    const spec = service.spec as { ports: { port: number }[]; selector: object };
    expect(metadata.labels).toMatchObject({ app: 'nats-broker', 'mirror.linkerd.io/exported': 'true' });
    expect(metadata.annotations).toEqual({ 'config.linkerd.io/opaque-ports': '7422' });
    expect(spec.ports.map(({ port }) => port)).toEqual([7422]);
    expect(spec.selector).toEqual({ app: 'nats-broker' });
    expect(manifest(chart).match(/mirror\.linkerd\.io/g)).toHaveLength(1);
    expect(manifest(chartWith())).not.toContain('mirror.linkerd.io');
  });
});

describe('its listeners', () => {
  /** A block of nats.conf, from its key to the brace that ends it. */
  const block = (config: string, key: string) =>
    new RegExp(`^( *)${key}: \\{\\n[^]*?^\\1\\}$`, 'm').exec(config)?.[0] ?? '';

  it('ask clients for a certificate that says which user they are', () => {
    expect(block(configWith(), 'tls')).toBe(
      [
        'tls: {',
        '  cert_file: "/etc/nats-tls/tls.crt"',
        '  key_file: "/etc/nats-tls/tls.key"',
        '  ca_file: "/etc/nats-tls/ca.crt"',
        '  timeout: 5',
        '  verify_and_map: true',
        '}',
      ].join('\n'),
    );
  });

  it('ask leaves for one too, before a word of NATS is said', () => {
    expect(block(configWith(), 'leafnodes')).toMatch(/verify_and_map: true\n +handshake_first: true/);
  });

  it.each([
    ['1.1.1.1', 30722, '1.1.1.1:30722'],
    ['nats.example.com', 31722, 'nats.example.com:31722'],
    ['2001:db8::1', 30722, '[2001:db8::1]:30722'],
  ])('at %s tell leaves the address outside, never that of a pod', (address, nodePort, advertised) => {
    const config = configWith({ ipv6: true, leafListener: { nodePort } }, address);
    expect(config).toContain(`advertise: "${advertised}"\n`);
  });

  it('tell leaves the first of several addresses, at the port of the load balancer', () => {
    const config = configWith({
      furtherAddresses: ['1.1.1.2', 'nats.example.com'],
      leafListener: { loadBalancerPort: 443 },
    });
    expect(config).toContain('advertise: "1.1.1.1:443"\n');
  });

  it('tell leaves the Service when the NodePort is closed', () => {
    expect(configWith({ leafListener: { nodePort: 'closed' } })).toContain(
      'advertise: "nats-broker.nats-system.svc.cluster.local:7422"\n',
    );
  });

  it('do without a certificate when both are in plain text, which was written out', () => {
    const plain = { tls: false, insecurePlaintext: true } as const;
    const chart = chartWith({ clientListener: plain, leafListener: plain });
    expect(manifest(chart).replaceAll('nats-mtls', '')).not.toContain('tls');
    expect(Object.keys(secretTexts(chart))).toEqual(['nats-broker-accounts/accounts.conf']);
  });

  it('may be in plain text inside the mesh', () => {
    expect(block(configWith({ clientListener: { nodePort: 'closed', tls: false } }), 'tls')).toMatch(
      /^ {2}tls/,
    );
  });
});

describe('three of them', () => {
  const chart = chartWith({ replicas: 3 });

  it('know each other by name, and are told of nobody else', () => {
    expect(configWith({ replicas: 3 })).toContain(`cluster: {
  name: "vm-a"
  port: 6222
  no_advertise: true
  routes: [
    "nats://nats-broker-0.nats-broker-headless.nats-system.svc.cluster.local:6222"
    "nats://nats-broker-1.nats-broker-headless.nats-system.svc.cluster.local:6222"
    "nats://nats-broker-2.nats-broker-headless.nats-system.svc.cluster.local:6222"
  ]
}
`);
  });

  it('start together, find each other before they are ready, and are not evicted together', () => {
    expect(object(chart, 'StatefulSet', 'nats-broker').spec).toMatchObject({
      replicas: 3,
      podManagementPolicy: 'Parallel',
      serviceName: 'nats-broker-headless',
    });
    expect(object(chart, 'Service', 'nats-broker-headless').spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    expect(object(chart, 'PodDisruptionBudget', 'nats-broker').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { app: 'nats-broker' } },
    });
  });

  it('admit each other and nobody else to 6222, which is opaque', () => {
    expect(object(chart, 'Server', 'nats-broker-cluster').spec).toMatchObject({
      port: 6222,
      proxyProtocol: 'opaque',
    });
    expect(object(chart, 'MeshTLSAuthentication', 'nats-broker-cluster-mesh').spec).toEqual({
      identityRefs: [{ kind: 'ServiceAccount', name: 'nats-broker', namespace: 'nats-system' }],
    });
    const peer = { podSelector: { matchLabels: { app: 'nats-broker' } } };
    const ports = [{ protocol: 'TCP', port: 4143 }];
    expect(rules(chart, 'nats-broker', 'ingress')).toEqual([{ from: [peer], ports }]);
    expect(rules(chart, 'nats-broker', 'egress')).toContainEqual({ to: [peer], ports });
  });

  it('have a route port, a budget and peers that one alone has not', () => {
    const alone = chartWith();
    expect(listing(chart).filter((name) => !listing(alone).includes(name))).toEqual([
      'PodDisruptionBudget/nats-broker',
      'Server/nats-broker-cluster',
      'MeshTLSAuthentication/nats-broker-cluster-mesh',
      'AuthorizationPolicy/nats-broker-cluster-mesh',
    ]);
    expect(manifest(alone)).not.toContain('6222');
  });
});

it.each<[string, Props, string?]>([
  [
    "`clientListener.tls`: false opens NodePort 30422 to anyone's eyes; leave `tls` out, set `nodePort: 'closed'`, or write `insecurePlaintext: true`",
    { clientListener: { tls: false } },
  ],
  [
    "`leafListener.tls`: false opens NodePort 30722 to anyone's eyes; leave `tls` out, set `nodePort: 'closed'`, or write `insecurePlaintext: true`",
    { leafListener: { tls: false } },
  ],
  [
    '`leafListener.insecurePlaintext`: true contradicts TLS; leave it out, or set `tls: false` as well',
    { leafListener: { insecurePlaintext: true } },
  ],
  [
    '`leafListener.nodePort`: 7422 is outside the NodePort range 30000-32767; use 30722',
    { leafListener: { nodePort: 7422 } },
  ],
  [
    '`leafListener.nodePort`: 30422 is taken by the client listener; use 30722',
    { leafListener: { nodePort: 30422 } },
  ],
  ['`replicas`: 2 is not a number of servers that can agree; use 1, 3 or 5', { replicas: 2 }],
  [
    '`images.natsServer`: "nats" is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine',
    { images: { natsServer: 'nats' } },
  ],
  [
    '`name`: "hub.a" is not a DNS label; use at most 52 lower-case letters, digits and \'-\', starting with a letter and ending with a letter or digit',
    { name: 'hub.a' },
  ],
  [
    '`leafListener.loadBalancerPort`: 70000 is not a port from 1 to 65535; use 7422',
    { leafListener: { loadBalancerPort: 70000 } },
  ],
  [
    '`furtherAddresses[0]`: "1.1.1.1" is listed already, as `address`; leave it out',
    { furtherAddresses: ['1.1.1.1'] },
  ],
  [
    '`loadBalancer`: has no listener behind it; give one a `loadBalancerPort`, or leave it out',
    { loadBalancer: {} },
  ],
  ['`address`: "2001:db8::1" is an IPv6 address; use IPv4, or set `ipv6: true`', {}, '2001:db8::1'],
])('refuses %s', (message, props, address) => {
  expect(() => brokerWith(props, address)).toThrow(new InvalidInput(`NatsBroker ${message}.`));
});
