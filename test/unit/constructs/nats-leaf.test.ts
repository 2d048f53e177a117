import { describe, expect, it } from 'vitest';
import { InvalidInput, type LeafEndpoint, NatsLeaf, type NatsLeafProps } from '../../../constructs/index.ts';
import {
  cluster,
  credentials,
  listing,
  manifest,
  object,
  PROMETHEUS,
  rules,
  secretTexts,
  template,
} from './fixtures.ts';

/** What a broker at 1.1.1.1 hands out. */
const endpoint: LeafEndpoint = {
  cluster: 'vm-a',
  hosts: ['1.1.1.1'],
  port: 30722,
  tls: true,
  meshed: false,
  user: 'leaf-vm-b',
  password: 'vm-a/leaf-vm-b',
  egress: { networks: ['1.1.1.1/32'], port: 30722 },
};
const gateway: LeafEndpoint = {
  ...endpoint,
  hosts: ['nats-broker-vm-a.nats-system.svc.cluster.local'],
  port: 7422,
  meshed: true,
  egress: { networks: ['1.1.1.1/32'], port: 4143 },
};

function leafWith(props: Partial<NatsLeafProps> = {}) {
  const { chart, namespace } = cluster(props.monitoring ? { scraper: PROMETHEUS } : {});
  return {
    chart,
    leaf: new NatsLeaf(chart, 'leaf', { namespace, cluster: 'vm-b', broker: endpoint, ...props }),
  };
}
const chartWith = (props?: Partial<NatsLeafProps>) => leafWith(props).chart;

const all: Required<Omit<NatsLeafProps, 'namespace' | 'cluster'>> = {
  name: 'spoke',
  replicas: 3,
  images: { natsServer: 'nats:2.15.0-alpine' },
  pods: {
    proxyResources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '2', memory: '128Mi' } },
  },
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  broker: gateway,
  jetStream: { storage: { size: '10Gi', className: 'fast' }, syncInterval: '30s' },
  monitoring: 'annotations',
  ipv6: true,
  mqtt: { listener: { loadBalancerPort: 8883 }, loadBalancer: { nodePorts: false } },
  settings: { maxPayload: '8Mi', logLevel: 'debug' },
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
  await expect(manifest(chartWith(props))).toMatchFileSnapshot(`snapshots/nats-leaf.${name}.yaml`);
});

it('dials the one broker, with its certificate, before a word of NATS is said', () => {
  expect(leafWith().leaf.config).toContain(`leafnodes: {
  reconnect: "2s"
  remotes: [
    {
      include ../nats-auth/remote.conf
      account: "APP"
      first_info_timeout: "5s"
      ignore_discovered_servers: true
      tls: {
        cert_file: "/etc/nats-tls/tls.crt"
        key_file: "/etc/nats-tls/tls.key"
        ca_file: "/etc/nats-tls/ca.crt"
        timeout: 5
        handshake_first: true
      }
    }
  ]
}
`);
});

it('has the URL with its password in the Secret alone', () => {
  const chart = chartWith();
  const remote = 'urls: [\n  "tls://leaf-vm-b:password%20vm-a%2Fleaf-vm-b@1.1.1.1:30722"\n]\n';
  expect(secretTexts(chart)['nats-leaf-accounts/remote.conf']).toBe(remote);
  expect(manifest(chart)).not.toContain('leaf-vm-b');
});

it('encodes every awkward character of a password in the URL', () => {
  const { leaf } = leafWith();
  const secret = leaf.node.findChild('accounts-secret') as unknown as {
    keys: Record<string, (from: typeof credentials) => string>;
  };
  const text = secret.keys['remote.conf']?.({ ...credentials, password: () => `a/b@c:d'e"f$g#h?i%j` });
  expect(text).toContain('leaf-vm-b:a%2Fb%40c%3Ad%27e%22f%24g%23h%3Fi%25j@1.1.1.1');
});

it.each([
  [
    { ...endpoint, hosts: ['2001:db8::1'] },
    'tls://leaf-vm-b:password%20vm-a%2Fleaf-vm-b@[2001:db8::1]:30722',
  ],
  [{ ...endpoint, tls: false }, 'nats-leaf://leaf-vm-b:password%20vm-a%2Fleaf-vm-b@1.1.1.1:30722'],
])('writes the URL of %j', (broker, url) => {
  expect(secretTexts(chartWith({ broker }))['nats-leaf-accounts/remote.conf']).toContain(`"${url}"`);
});

it('has neither certificate nor TLS on a link in plain text', () => {
  const chart = chartWith({ broker: { ...endpoint, tls: false } });
  expect(manifest(chart).replaceAll('nats-mtls', '')).not.toContain('tls');
  expect(Object.keys(secretTexts(chart))).toEqual([
    'nats-leaf-accounts/accounts.conf',
    'nats-leaf-accounts/remote.conf',
  ]);
});

it('takes no leaves, no TLS and nobody from outside: it has no NodePort and only two ports', () => {
  const chart = chartWith();
  expect(manifest(chart)).not.toContain('NodePort');
  expect(object(chart, 'Service', 'nats-leaf').spec).toMatchObject({
    ports: [
      { port: 4222, appProtocol: 'linkerd.io/opaque' },
      { port: 8222, appProtocol: 'http' },
    ],
  });
  expect(template(chart, 'StatefulSet', 'nats-leaf').metadata?.annotations).toHaveProperty(
    ['config.linkerd.io/opaque-ports'],
    '4222',
  );
  expect(leafWith().leaf.config).not.toMatch(/^tls: /m);
});

it('tells the proxy that the way out to the broker is opaque', () => {
  const way = object(chartWith(), 'EgressNetwork', 'vm-a');
  expect(way.metadata.annotations).toEqual({ 'config.linkerd.io/opaque-ports': '30722' });
  expect(way.spec).toEqual({ trafficPolicy: 'Allow', networks: [{ cidr: '1.1.1.1/32' }] });
});

it('lets its packets out to the broker, and nowhere else but names and Linkerd', () => {
  const egress = rules(chartWith(), 'nats-leaf', 'egress');
  expect(egress).toHaveLength(3);
  expect(egress[2]).toEqual({
    to: [{ ipBlock: { cidr: '1.1.1.1/32' } }],
    ports: [{ protocol: 'TCP', port: 30722 }],
  });
});

it('knows no address to hold the way out to when the broker has a DNS name', () => {
  const broker: LeafEndpoint = {
    ...endpoint,
    hosts: ['a.example'],
    egress: { networks: 'anywhere', port: 30722 },
  };
  expect(object(chartWith({ broker }), 'EgressNetwork', 'vm-a').spec).toEqual({ trafficPolicy: 'Allow' });
});

it('dials each address of the broker in turn, and is let out to each', () => {
  const broker: LeafEndpoint = {
    ...endpoint,
    hosts: ['1.1.1.1', '2001:db8::1'],
    egress: { networks: ['1.1.1.1/32', '2001:db8::1/128'], port: 7422 },
    port: 7422,
  };
  const chart = chartWith({ broker });
  const user = 'tls://leaf-vm-b:password%20vm-a%2Fleaf-vm-b';
  expect(secretTexts(chart)['nats-leaf-accounts/remote.conf']).toBe(
    `urls: [\n  "${user}@1.1.1.1:7422"\n  "${user}@[2001:db8::1]:7422"\n]\n`,
  );
  expect(rules(chart, 'nats-leaf', 'egress')[2]).toEqual({
    to: [{ ipBlock: { cidr: '1.1.1.1/32' } }, { ipBlock: { cidr: '2001:db8::1/128' } }],
    ports: [{ protocol: 'TCP', port: 7422 }],
  });
  expect(object(chart, 'EgressNetwork', 'vm-a').spec).toEqual({
    trafficPolicy: 'Allow',
    networks: [{ cidr: '1.1.1.1/32' }, { cidr: '2001:db8::1/128' }],
  });
});

it('names a private address beside what a DNS name may stand for, which leaves those out', () => {
  const broker: LeafEndpoint = {
    ...endpoint,
    hosts: ['10.0.0.7', 'a.example'],
    egress: { networks: 'anywhere', port: 30722 },
  };
  const chart = chartWith({ broker });
  const opaque = { 'config.linkerd.io/opaque-ports': '30722' };
  expect(object(chart, 'EgressNetwork', 'vm-a')).toMatchObject({
    metadata: { annotations: opaque },
    spec: { trafficPolicy: 'Allow', networks: [{ cidr: '10.0.0.7/32' }] },
  });
  const byName = object(chart, 'EgressNetwork', 'vm-a-by-name');
  expect(byName.metadata.annotations).toEqual(opaque);
  expect(byName.spec).toEqual({ trafficPolicy: 'Allow' });
});

it('dials a mirrored Service through the gateway without a way out of its own', () => {
  const chart = chartWith({ broker: gateway });
  expect(listing(chart)).not.toContain('EgressNetwork/vm-a');
  expect(rules(chart, 'nats-leaf', 'egress')).toContainEqual({
    to: [{ ipBlock: { cidr: '1.1.1.1/32' } }],
    ports: [{ protocol: 'TCP', port: 4143 }],
  });
});

describe('three of them', () => {
  const { chart, leaf } = leafWith({ replicas: 3 });

  it('know each other by name, in a NATS cluster that is called like no broker and no other leaf', () => {
    expect(leaf.config).toContain(`cluster: {
  name: "vm-b"
  port: 6222
  no_advertise: true
  routes: [
    "nats://nats-leaf-0.nats-leaf-headless.nats-system.svc.cluster.local:6222"
    "nats://nats-leaf-1.nats-leaf-headless.nats-system.svc.cluster.local:6222"
    "nats://nats-leaf-2.nats-leaf-headless.nats-system.svc.cluster.local:6222"
  ]
}
`);
  });

  it('have what several brokers have, and that alone is new', () => {
    const alone = chartWith();
    expect(listing(chart).filter((name) => !listing(alone).includes(name))).toEqual([
      'PodDisruptionBudget/nats-leaf',
      'Server/nats-leaf-cluster',
      'MeshTLSAuthentication/nats-leaf-cluster-mesh',
      'AuthorizationPolicy/nats-leaf-cluster-mesh',
    ]);
    expect(manifest(alone)).not.toContain('6222');
    expect(object(chart, 'StatefulSet', 'nats-leaf').spec).toMatchObject({ replicas: 3 });
    const { metadata, spec } = template(chart, 'StatefulSet', 'nats-leaf');
    expect(metadata?.annotations?.['config.linkerd.io/opaque-ports']).toBe('4222,6222');
    expect(spec.containers[0]?.lifecycle?.preStop).toBeDefined();
  });

  it('admit each other and nobody else to 6222', () => {
    expect(object(chart, 'MeshTLSAuthentication', 'nats-leaf-cluster-mesh').spec).toEqual({
      identityRefs: [{ kind: 'ServiceAccount', name: 'nats-leaf', namespace: 'nats-system' }],
    });
    const peer = { podSelector: { matchLabels: { app: 'nats-leaf' } } };
    const ports = [{ protocol: 'TCP', port: 4143 }];
    expect(rules(chart, 'nats-leaf', 'ingress')).toEqual([{ from: [peer], ports }]);
    expect(rules(chart, 'nats-leaf', 'egress')).toContainEqual({ to: [peer], ports });
  });

  it('sign in to the broker as one user with one certificate, from the same files', () => {
    expect(secretTexts(chart)).toEqual(secretTexts(chartWith()));
  });
});

it('is rolled when nats.conf changes, and only then', () => {
  const checksum = (props?: Partial<NatsLeafProps>) =>
    template(chartWith(props), 'StatefulSet', 'nats-leaf').metadata?.annotations?.['checksum/nats.conf'];
  expect(checksum({ images: { natsServer: 'nats:2.15.0-alpine' } })).toBe(checksum());
  expect(checksum({ broker: { ...endpoint, tls: false } })).not.toBe(checksum());
});

it.each<[string, Partial<NatsLeafProps>]>([
  [
    '`images.natsServer`: "nats:latest" is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine',
    { images: { natsServer: 'nats:latest' } },
  ],
  [
    '`cluster`: "vm_b" is not a DNS label; use at most 52 lower-case letters, digits and \'-\', starting with a letter and ending with a letter or digit',
    { cluster: 'vm_b' },
  ],
  ['`replicas`: 4 is not a number of servers that can agree; use 1, 3 or 5', { replicas: 4 }],
])('refuses %s', (message, props) => {
  expect(() => leafWith(props)).toThrow(new InvalidInput(`NatsLeaf ${message}.`));
});

describe('a leaf that speaks MQTT', () => {
  const device = {
    name: 'scale',
    networks: ['192.0.2.0/24'],
    publish: ['plant/scale'],
    subscribe: ['plant/#'],
  };
  const mqtt = { jetStream: { storage: { size: '10Gi' } }, mqtt: {} };

  it('asks devices for a certificate, and takes their user from it', () => {
    expect(leafWith(mqtt).leaf.config).toContain(`mqtt: {
  port: 1883
  tls: {
    cert_file: "/etc/nats-mqtt-tls/tls.crt"
    key_file: "/etc/nats-mqtt-tls/tls.key"
    ca_file: "/etc/nats-mqtt-tls/ca.crt"
    timeout: 5
    verify_and_map: true
  }
}
`);
  });

  it('lets a device in from its networks alone, as a device, with its topics', () => {
    const { chart, leaf } = leafWith(mqtt);
    leaf.allowDevice(device);
    expect(object(chart, 'Service', 'nats-leaf-external').metadata.labels).toMatchObject({
      'app.kubernetes.io/component': 'leaf',
    });
    expect(object(chart, 'Service', 'nats-leaf-external').spec.ports).toMatchObject([
      { name: 'mqtt', port: 1883, targetPort: 1883, nodePort: 31883 },
    ]);
    expect(object(chart, 'NetworkAuthentication', 'nats-leaf-mqtt-networks').spec.networks).toEqual([
      { cidr: '192.0.2.0/24' },
    ]);
    expect(object(chart, 'NetworkPolicy', 'nats-leaf').spec.ingress).toContainEqual({
      from: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
      ports: [{ port: 1883, protocol: 'TCP' }],
    });
    expect(secretTexts(chart)['nats-leaf-accounts/accounts.conf']).toMatch(
      /user: "scale".*allowed_connection_types: \["MQTT"\].*allow: \["plant\.scale"\].*allow: \["plant", "plant\.>"\]/,
    );
  });

  it.each([
    ['without JetStream', () => leafWith({ mqtt: {} }), /^NatsLeaf `mqtt`: needs JetStream/],
    [
      'without mqtt',
      () => leafWith().leaf.allowDevice(device),
      /^NatsLeaf `mqtt`: is missing, but the device scale speaks it; give it `\{\}`/,
    ],
    [
      'with a closed port',
      () => leafWith({ ...mqtt, mqtt: { listener: { nodePort: 'closed' } } }).leaf.allowDevice(device),
      /^NatsLeaf `mqtt\.listener\.nodePort`: is closed, but the device scale dials it; use 31883/,
    ],
  ] as const)('refuses a device %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
