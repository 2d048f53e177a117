import { describe, expect, it } from 'vitest';
import {
  type AcceptedLeaf,
  InvalidInput,
  LinkerdNamespace,
  type LinkerdNamespaceProps,
  NatsBroker,
  type NatsBrokerProps,
  Publisher,
} from '../../../constructs/index.ts';
import { cluster, listing, object, rules, secretTexts } from './fixtures.ts';

function brokerWith(props: Partial<NatsBrokerProps> = {}, namespaceProps?: LinkerdNamespaceProps) {
  const built = cluster(namespaceProps);
  const broker = new NatsBroker(built.chart, 'broker', {
    namespace: built.namespace,
    cluster: 'vm-a',
    address: '1.1.1.1',
    ...props,
  });
  return { ...built, broker };
}

const leaf: AcceptedLeaf = {
  cluster: 'vm-b',
  networks: ['2.2.2.2/32'],
  publish: ['orders.shipped'],
  subscribe: ['orders.created'],
};
const accounts = 'nats-broker-accounts/accounts.conf';
const from = (cidrs: string[], port: number) => ({
  from: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
  ports: [{ protocol: 'TCP', port }],
});

describe('before anybody is named', () => {
  const { chart } = brokerWith();

  it('lets nobody connect to any of its ports', () => {
    expect(listing(chart).filter((name) => /^(AuthorizationPolicy|.*Authentication)\//.test(name))).toEqual(
      [],
    );
    expect(rules(chart, 'nats-broker', 'ingress')).toEqual([]);
  });

  it('has each port denied, as what it is', () => {
    const servers = ['nats', 'leafnodes', 'monitor'].map(
      (port) => object(chart, 'Server', `nats-broker-${port}`).spec,
    );
    const podSelector = { matchLabels: { app: 'nats-broker' } };
    expect(servers).toEqual([
      { accessPolicy: 'deny', podSelector, port: 4222, proxyProtocol: 'opaque' },
      { accessPolicy: 'deny', podSelector, port: 7422, proxyProtocol: 'opaque' },
      { accessPolicy: 'deny', podSelector, port: 8222, proxyProtocol: 'HTTP/1' },
    ]);
  });

  it('can look up names and reach Linkerd, and nothing else', () => {
    const inNamespace = (name: string) => [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
    ];
    expect(rules(chart, 'nats-broker', 'egress')).toEqual([
      {
        to: inNamespace('kube-system'),
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
      { to: inNamespace('linkerd'), ports: [8080, 8086, 8090].map((port) => ({ protocol: 'TCP', port })) },
    ]);
  });
});

describe('a leaf', () => {
  it('gets a user of its own that can only be a leaf, with the subjects that cross the link', () => {
    const { chart, broker } = brokerWith();
    broker.acceptLeaf(leaf);
    expect(secretTexts(chart)[accounts]).toContain(
      '{user: "leaf-vm-b", password: "hash of vm-a/leaf-vm-b", allowed_connection_types: ["LEAFNODE"], ' +
        'permissions: {publish: {allow: ["orders.shipped"]}, subscribe: {allow: ["orders.created", "_DOCTOR.>"]}}}\n',
    );
  });

  it('is let in from its networks only, on 7422 only', () => {
    const { chart, broker } = brokerWith();
    broker.acceptLeaf(leaf);
    broker.acceptLeaf({ cluster: 'vm-c', networks: ['3.3.3.0/24', '2.2.2.2/32'] });
    expect(object(chart, 'NetworkAuthentication', 'nats-broker-leafnodes-networks').spec).toEqual({
      networks: [{ cidr: '2.2.2.2/32' }, { cidr: '3.3.3.0/24' }],
    });
    expect(rules(chart, 'nats-broker', 'ingress')).toEqual([from(['2.2.2.2/32', '3.3.3.0/24'], 7422)]);
    expect(JSON.stringify(rules(chart, 'nats-broker', 'ingress'))).not.toContain('4222');
  });

  it('may come from anywhere when that is written out', () => {
    const { chart, broker } = brokerWith();
    broker.acceptLeaf({ ...leaf, networks: 'anywhere' });
    expect(object(chart, 'NetworkAuthentication', 'nats-broker-leafnodes-networks').spec).toEqual({
      networks: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }],
    });
  });

  it('is told to dial the NodePort with mutual TLS', () => {
    const { broker } = brokerWith({ leafListener: { nodePort: 31722 } });
    expect(broker.acceptLeaf(leaf)).toEqual({
      cluster: 'vm-a',
      hosts: ['1.1.1.1'],
      port: 31722,
      tls: true,
      meshed: false,
      user: 'leaf-vm-b',
      password: 'vm-a/leaf-vm-b',
      egress: { networks: ['1.1.1.1/32'], port: 31722 },
    });
  });

  it('has to be let out to anywhere when the broker has a DNS name', () => {
    const { broker } = brokerWith({ address: 'nats.example.com' });
    expect(broker.acceptLeaf(leaf).egress).toEqual({ networks: 'anywhere', port: 30722 });
  });

  it('is told every address of the broker, at the port of the load balancer', () => {
    const { broker } = brokerWith({
      furtherAddresses: ['1.1.1.2'],
      leafListener: { loadBalancerPort: 7422 },
    });
    expect(broker.acceptLeaf(leaf)).toMatchObject({
      hosts: ['1.1.1.1', '1.1.1.2'],
      port: 7422,
      egress: { networks: ['1.1.1.1/32', '1.1.1.2/32'], port: 7422 },
    });
  });

  it('comes through a gateway under the name that the link gives, as the gateway of the mesh', () => {
    const { chart, broker } = brokerWith({ exported: true, leafListener: { nodePort: 'closed' } });
    const link = { kind: 'linkerd-gateway', linkName: 'link-a' } as const;
    expect(broker.acceptLeaf({ cluster: 'vm-b', link })).toMatchObject({
      hosts: ['nats-broker-leafnodes-link-a.nats-system.svc.cluster.local'],
      port: 7422,
      tls: true,
      meshed: true,
      egress: { networks: ['1.1.1.1/32'], port: 4143 },
    });
    expect(object(chart, 'MeshTLSAuthentication', 'nats-broker-leafnodes-mesh').spec).toEqual({
      identityRefs: [{ kind: 'ServiceAccount', name: 'linkerd-gateway', namespace: 'linkerd-multicluster' }],
    });
    expect(listing(chart)).not.toContain('NetworkAuthentication/nats-broker-leafnodes-networks');
  });

  const label =
    "is not a DNS label; use at most 52 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit";
  const plain = { kind: 'plaintext', insecurePlaintext: true } as const;
  const gateway = { kind: 'linkerd-gateway', linkName: 'vm-a' } as const;

  it.each<[string, Partial<NatsBrokerProps>, AcceptedLeaf]>([
    [
      '`link`: "plaintext" of vm-b does not fit the leaf listener, which asks for TLS; use the same for every leaf',
      {},
      { ...leaf, link: plain },
    ],
    [
      '`link`: "nats-tls" of vm-b does not fit the leaf listener, which is in plain text; use the same for every leaf',
      { leafListener: { tls: false, insecurePlaintext: true } },
      leaf,
    ],
    [
      '`leafListener.nodePort`: is closed, but vm-b dials it; use 30722, or link it through a gateway',
      { leafListener: { nodePort: 'closed' } },
      leaf,
    ],
    [
      '`exported`: vm-b comes through a Linkerd gateway; set `exported: true`',
      {},
      { ...leaf, link: gateway },
    ],
    [
      `\`link.linkName\`: "${'a'.repeat(42)}" makes the mirrored Service nats-broker-leafnodes-${'a'.repeat(42)}, whose name is too long; use at most 41 characters`,
      { exported: true },
      { ...leaf, link: { ...gateway, linkName: 'a'.repeat(42) } },
    ],
    [`\`link.linkName\`: "" ${label}`, { exported: true }, { ...leaf, link: { ...gateway, linkName: '' } }],
    [`\`cluster\`: "vm b" ${label}`, {}, { ...leaf, cluster: 'vm b' }],
    [
      "`networks`: nothing says where vm-b dials from; list its CIDRs, or write 'anywhere'",
      {},
      { cluster: 'vm-b' },
    ],
    [
      `\`publish of leaf-vm-b\`: "a b" is not a NATS subject; use tokens without blanks joined by '.', such as test.messages`,
      {},
      { ...leaf, publish: ['a b'] },
    ],
  ])('is refused: %s', (message, props, bad) => {
    expect(() => brokerWith(props).broker.acceptLeaf(bad)).toThrow(
      new InvalidInput(`NatsBroker ${message}.`),
    );
  });

  it('is refused the second time', () => {
    const { broker } = brokerWith();
    broker.acceptLeaf(leaf);
    expect(() => broker.acceptLeaf(leaf)).toThrow(
      new InvalidInput(
        'NatsBroker `user`: nats-broker already has a NATS user "leaf-vm-b"; give each client a name of its own.',
      ),
    );
  });
});

describe('a client outside the mesh', () => {
  it('gets a user and is let in from its networks, on 4222 only', () => {
    const { chart, broker } = brokerWith();
    broker.allowExternal({ name: 'laptop', networks: ['203.0.113.7/32'], subscribe: ['orders.>'] });
    expect(object(chart, 'NetworkAuthentication', 'nats-broker-nats-networks').spec).toEqual({
      networks: [{ cidr: '203.0.113.7/32' }],
    });
    expect(rules(chart, 'nats-broker', 'ingress')).toEqual([from(['203.0.113.7/32'], 4222)]);
    expect(secretTexts(chart)[accounts]).toMatch(/user: "laptop".*"STANDARD".*deny: ">".*"orders\.>"/s);
  });

  it.each([
    [
      '`clientListener.nodePort`: is closed, but the external client laptop dials it; use 30422',
      { clientListener: { nodePort: 'closed' } } as const,
      { name: 'laptop', networks: 'anywhere' } as const,
    ],
    [
      '`user`: nats-broker already has a NATS user "sys"; give each client a name of its own',
      {},
      { name: 'sys', networks: 'anywhere' } as const,
    ],
    [
      '`user`: nats-broker already has a NATS user "doctor"; give each client a name of its own',
      {},
      { name: 'doctor', networks: 'anywhere' } as const,
    ],
    [
      `\`networks\`: "0.0.0.0/0" is every address; write 'anywhere' if that is meant`,
      {},
      { name: 'laptop', networks: ['0.0.0.0/0'] },
    ],
  ])('is refused: %s', (message, props, client) => {
    expect(() => brokerWith(props).broker.allowExternal(client)).toThrow(
      new InvalidInput(`NatsBroker ${message}.`),
    );
  });
});

describe('a client in the mesh', () => {
  it('is let in by its service account, on 4222 only', () => {
    const { chart, broker } = brokerWith();
    new Publisher(chart, 'publisher', { server: broker, subject: 'test.messages' });
    expect(object(chart, 'MeshTLSAuthentication', 'nats-broker-nats-mesh').spec).toEqual({
      identityRefs: [{ kind: 'ServiceAccount', name: 'nats-publisher', namespace: 'nats-system' }],
    });
    expect(rules(chart, 'nats-broker', 'ingress')).toEqual([
      {
        from: [{ podSelector: { matchLabels: { app: 'nats-publisher' } } }],
        ports: [{ protocol: 'TCP', port: 4143 }],
      },
    ]);
  });

  it('is refused when it runs in another cluster', () => {
    const { broker } = brokerWith();
    const elsewhere = cluster().chart;
    expect(() => new Publisher(elsewhere, 'publisher', { server: broker, subject: 'a' })).toThrow(
      new InvalidInput(
        'NatsBroker `allow`: nats-publisher runs in another cluster or namespace than nats-broker of vm-a; give it the server of its own.',
      ),
    );
  });

  it('is refused on the server of another namespace', () => {
    const { chart, broker } = brokerWith();
    const client = new Publisher(chart, 'publisher', { server: broker, subject: 'a' });
    const namespace = new LinkerdNamespace(chart, 'elsewhere', { name: 'elsewhere' });
    const other = new NatsBroker(chart, 'other', { namespace, cluster: 'vm-a', address: '1.1.1.1' });
    expect(() => other.allow(client, { publish: ['a'] })).toThrow(InvalidInput);
  });

  it('is refused when its user is taken', () => {
    const { chart, broker } = brokerWith();
    new Publisher(chart, 'a', { server: broker, subject: 'a', name: 'a' });
    expect(() => new Publisher(chart, 'b', { server: broker, subject: 'b', name: 'b' })).toThrow(
      new InvalidInput(
        'NatsBroker `user`: nats-broker already has a NATS user "natsuser"; give each client a name of its own.',
      ),
    );
  });
});

describe('a scraper', () => {
  it('in the mesh reads 8222 and the metrics of the proxy, and nothing else', () => {
    const { chart } = brokerWith({}, { scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' } });
    expect(listing(chart).filter((name) => name.startsWith('MeshTLSAuthentication/'))).toEqual([
      'MeshTLSAuthentication/nats-broker-monitor-mesh',
    ]);
    expect(object(chart, 'MeshTLSAuthentication', 'nats-broker-monitor-mesh').spec).toEqual({
      identityRefs: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'monitoring' }],
    });
    const ports = JSON.stringify(rules(chart, 'nats-broker', 'ingress')).match(/"port":\d+/g);
    expect(new Set(ports)).toEqual(new Set(['"port":4143', '"port":4191']));
  });

  it('outside the mesh reads them from its networks', () => {
    const { chart } = brokerWith({}, { scraper: { networks: ['203.0.113.7/32'] } });
    expect(rules(chart, 'nats-broker', 'ingress')).toEqual([
      from(['203.0.113.7/32'], 4191),
      from(['203.0.113.7/32'], 8222),
    ]);
  });
});
