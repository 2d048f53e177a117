import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import type { BrokerCluster, LeafCluster, Topology, Workload } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';

const [leafCluster] = topology.leafClusters as [LeafCluster];
const { brokerCluster } = topology;
const client: Workload = { name: 'app', subject: 'app.in', user: 'app' };

const broker = (change: Partial<BrokerCluster>): Topology => ({
  ...topology,
  brokerCluster: { ...brokerCluster, ...change },
});
const leaf = (change: Partial<LeafCluster>): Topology => ({
  ...topology,
  leafClusters: [{ ...leafCluster, ...change }],
});
const publisher = (change: object) => broker({ publishers: [{ ...client, ...change }] });
const subscriber = (change: object) => leaf({ subscribers: [{ ...client, ...change }] });
const external = (change: object) =>
  broker({ externalClients: [{ name: 'laptop', networks: ['203.0.113.7/32'], ...change }] });
const scraper = { serviceAccount: 'prometheus', namespace: 'monitoring' };
const RECIPIENT = 'age1ngdl7vmr3lxfjr0pvdf4gr50k4lfnx8wtj6969trga80udex6dkqfkemac';
const secrets = (value: unknown): Topology => ({ ...topology, secrets: untyped(value) });
const certManager = (change: object) => leaf({ certificates: { kind: 'cert-manager', ...change } });
const store = (change: object) => secrets({ kind: 'external-secrets', store: { name: 'nats' }, ...change });
const sops = (...recipients: string[]) => secrets({ kind: 'sops', recipients });
/** What a user may write, since synth runs without the compiler. */
const untyped = (value: unknown) => value as never;

it.each<[string, Topology]>([
  ['no leaf at all', { ...topology, leafClusters: [] }],
  ['neither publishers nor subscribers', broker({ publishers: [] })],
  ['a namespace of its own', { ...topology, namespace: 'messaging' }],
  ['IPv6 where it is said', { ...broker({ address: '2001:db8::1' }), ipv6: true }],
  [
    'several addresses behind a load balancer',
    broker({
      furtherAddresses: ['1.1.1.2', 'nats.example.com'],
      leafListener: { loadBalancerPort: 443 },
      loadBalancer: {
        className: 'service.k8s.aws/nlb',
        annotations: { 'metallb.io/pool': 'a' },
        nodePorts: false,
      },
    }),
  ],
  [
    'two leaves behind one address',
    {
      ...topology,
      leafClusters: [leafCluster, { ...leafCluster, name: 'vm-c', issuer: 'c' }],
    },
  ],
  [
    'a leaf at the address of the broker that says so',
    leaf({ address: '1.1.1.1', networks: ['1.1.1.1/32'] }),
  ],
  [
    'both listeners closed, which nobody dials',
    {
      ...broker({ clientListener: { nodePort: 'closed' }, leafListener: { nodePort: 'closed' } }),
      leafClusters: [],
    },
  ],
  [
    'the port of leaves for clients, where every leaf uses a gateway',
    {
      ...broker({ clientListener: { nodePort: 30722 } }),
      leafClusters: [{ ...leafCluster, link: { kind: 'linkerd-gateway', linkName: 'vm-a' } }],
    },
  ],
  ['a subscriber with wildcards', subscriber({ subject: 'orders.*.>' })],
  ['an application with a command', publisher({ image: 'app:1', command: ['app'] })],
  [
    'a leaf behind a DNS name that says where it dials from',
    leaf({ address: 'b.example', networks: ['1.2.3.4/32'] }),
  ],
  [
    'a leaf behind a gateway that says nothing',
    leaf({ address: 'b.example', link: { kind: 'linkerd-gateway', linkName: 'vm-a' } }),
  ],
  [
    'annotations for a scraper outside the mesh',
    leaf({ scraper: { networks: 'anywhere' }, monitoring: { kind: 'annotations' } }),
  ],
  [
    'the Prometheus Operator with nothing else said',
    broker({ scraper, monitoring: { kind: 'prometheus-operator' } }),
  ],
  ['an external client from anywhere', external({ networks: 'anywhere', subscribe: ['orders.>'] })],
])('takes %s', (_, good) => {
  expect(() => resolve(good)).not.toThrow();
});

const label =
  "is not a DNS label; use at most 52 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit";
const blank = "is not a NATS subject; use tokens without blanks joined by '.', such as test.messages";

const fitsTls =
  'does not fit the leaf listener, which asks for TLS; use nats-tls, or give every leaf this link and `brokerCluster.leafListener` { tls: false, insecurePlaintext: true }';

const refusals: Record<string, [what: string, bad: Topology, message: string][]> = {
  names: [
    ['a namespace', { ...topology, namespace: 'NATS' }, `namespace: "NATS" ${label}`],
    ['a broker cluster', broker({ name: 'vm_a' }), `brokerCluster.name: "vm_a" ${label}`],
    ['a leaf cluster', leaf({ name: '' }), `leafClusters[0].name: "" ${label}`],
    ['an issuer file', leaf({ issuer: '../ca' }), `leafClusters[0].issuer: "../ca" ${label}`],
    ['a publisher', publisher({ name: 'My App' }), `brokerCluster.publishers[0].name: "My App" ${label}`],
    [
      'a forgotten name',
      publisher({ name: undefined }),
      `brokerCluster.publishers[0].name: undefined ${label}`,
    ],
    ['a NATS user', subscriber({ user: 'a"b' }), `leafClusters[0].subscribers[0].user: "a\\"b" ${label}`],
    [
      'an external client',
      external({ name: 'a.b' }),
      `brokerCluster.externalClients[0].name: "a.b" ${label}`,
    ],
    [
      'a link',
      leaf({ link: { kind: 'linkerd-gateway', linkName: 'vm a' } }),
      `leafClusters[0].link.linkName: "vm a" ${label}`,
    ],
  ],
  'what is used twice': [
    [
      'a cluster name',
      leaf({ name: 'vm-a' }),
      'leafClusters[0].name: "vm-a" is used twice, by brokerCluster.name too; give each cluster a name of its own',
    ],
    [
      'a leaf name',
      { ...topology, leafClusters: [leafCluster, { ...leafCluster, issuer: 'c' }] },
      'leafClusters[1].name: "vm-b" is used twice, by leafClusters[0].name too; give each cluster a name of its own',
    ],
    [
      'an issuer',
      leaf({ issuer: 'cluster-a-issuer' }),
      'leafClusters[0].issuer: "cluster-a-issuer" is used twice, by brokerCluster.issuer too; give each cluster an issuer of its own',
    ],
    [
      'a workload name',
      broker({ publishers: [client], subscribers: [{ ...client, user: 'b' }] }),
      'brokerCluster.subscribers[0].name: "app" is used twice, by brokerCluster.publishers[0].name too; give each workload of a cluster a name of its own',
    ],
    [
      "the server's name",
      publisher({ name: 'nats-broker' }),
      'brokerCluster.publishers[0].name: "nats-broker" is used twice, by the server too; give each workload of a cluster a name of its own',
    ],
    [
      "the namespace policy's name",
      subscriber({ name: 'default-deny' }),
      'leafClusters[0].subscribers[0].name: "default-deny" is what another object is called; use a name such as orders',
    ],
    [
      'an external client that is called like a workload',
      broker({
        publishers: [{ ...client, user: 'other' }],
        externalClients: [{ name: client.name, networks: 'anywhere' }],
      }),
      'brokerCluster.externalClients[0].name: "app" is used twice, by brokerCluster.publishers[0].name too; give each client of a cluster a name of its own',
    ],
    [
      "a namespace of the system's",
      { ...topology, namespace: 'kube-system' },
      'namespace: "kube-system" is not for applications, and would be closed to everything else in it; use nats-system',
    ],
    [
      "a Secret's name",
      subscriber({ name: 'nats-auth-orders' }),
      'leafClusters[0].subscribers[0].name: "nats-auth-orders" is what another object is called; use a name such as orders',
    ],
    [
      'a user, written or not',
      broker({
        publishers: [
          { name: 'a', subject: 'a' },
          { name: 'b', subject: 'b', user: 'natsuser' },
        ],
      }),
      'brokerCluster.publishers[1].user: "natsuser" is used twice, by brokerCluster.publishers[0].user too; give each client of a cluster a user of its own',
    ],
    [
      "the system account's user",
      publisher({ user: 'sys' }),
      'brokerCluster.publishers[0].user: "sys" is used twice, by the system account too; give each client of a cluster a user of its own',
    ],
    [
      "the doctor's user on a leaf",
      subscriber({ user: 'doctor' }),
      'leafClusters[0].subscribers[0].user: "doctor" is used twice, by npm run doctor too; give each client of a cluster a user of its own',
    ],
    [
      "a leaf's user",
      publisher({ user: 'leaf-vm-b' }),
      'brokerCluster.publishers[0].user: "leaf-vm-b" is used twice, by the leaf of vm-b too; give each client of a cluster a user of its own',
    ],
    [
      "an external client's user",
      broker({ externalClients: [{ name: 'app', networks: 'anywhere' }], publishers: [client] }),
      'brokerCluster.publishers[0].user: "app" is used twice, by brokerCluster.externalClients[0].name too; give each client of a cluster a user of its own',
    ],
    [
      'a NodePort',
      broker({ leafListener: { nodePort: 30422 } }),
      'brokerCluster.leafListener.nodePort: 30422 is taken by the client listener; use 30722',
    ],
  ],
  'clients whose certificate would have the name of a root': (
    [
      ['ca', 'next'],
      ['ca', 'previous'],
      ['ca', 'bundle'],
      ['nats', 'ca'],
      ['nats', 'ca-next'],
      ['nats-ca', 'next'],
      ['nats-ca', 'previous'],
    ] as const
  ).flatMap(([name, client]): [string, Topology, string][] => {
    const message = `name: "${client}" makes ${name}-${client} the name of its certificate, which a root has; use a name such as orders`;
    return [
      [
        `publisher ${client} of ${name}`,
        broker({ name, publishers: [{ name: client, subject: 'a' }] }),
        `brokerCluster.publishers[0].${message}`,
      ],
      [
        `external client ${client} of ${name}`,
        broker({ name, externalClients: [{ name: client, networks: 'anywhere' }] }),
        `brokerCluster.externalClients[0].${message}`,
      ],
    ];
  }),
  'issuer names that another certificate has': [
    ...['ca', 'ca-next', 'ca-previous', 'ca-bundle', 'nats-ca', 'nats-ca-next', 'nats-ca-previous'],
    'vm-b-nats-leaf',
  ].map((issuer) => [
    issuer,
    leaf({ issuer }),
    `leafClusters[0].issuer: "${issuer}" is another certificate's name; use for example vm-b-issuer`,
  ]),
  addresses: [
    [
      'neither IP address nor DNS name',
      broker({ address: 'nats://1.1.1.1' }),
      'brokerCluster.address: "nats://1.1.1.1" is neither an IP address nor a DNS name; use an IP address such as 203.0.113.7 or a DNS name such as nats.example.com',
    ],
    [
      'IPv6 that nobody announced',
      leaf({ address: '2001:db8::2' }),
      'leafClusters[0].address: "2001:db8::2" is an IPv6 address; use IPv4, or set `ipv6: true`',
    ],
    [
      'one of the broker twice',
      broker({ furtherAddresses: ['1.1.1.1'] }),
      'brokerCluster.furtherAddresses[0]: "1.1.1.1" is listed already, as `address`; leave it out',
    ],
    [
      'of a leaf, that of the broker',
      {
        ...broker({ furtherAddresses: ['2001:db8::2'] }),
        ...{ ipv6: true, leafClusters: [{ ...leafCluster, address: '2001:DB8::2' }] },
      },
      'leafClusters[0].address: "2001:DB8::2" is the broker\'s; use the one that vm-b dials from, or list its `networks` if two Kubernetes clusters share it; one Kubernetes cluster cannot be both broker and leaf',
    ],
  ],
  networks: [
    [
      'of a leaf behind a DNS name, left out',
      leaf({ address: 'b.example' }),
      "leafClusters[0].networks: nothing says where vm-b dials from; list its CIDRs, or write 'anywhere'",
    ],
    [
      'of a leaf, with host bits',
      leaf({ networks: ['10.0.0.1/8'] }),
      'leafClusters[0].networks: "10.0.0.1/8" has host bits set; clear them, or use 10.0.0.1/32 for that one address',
    ],
    [
      'of an external client, everywhere',
      external({ networks: ['0.0.0.0/0'] }),
      `brokerCluster.externalClients[0].networks: "0.0.0.0/0" is every address; write 'anywhere' if that is meant`,
    ],
    [
      'of an external client, IPv6',
      external({ networks: ['2001:db8::/64'] }),
      'brokerCluster.externalClients[0].networks: "2001:db8::/64" is an IPv6 network; use IPv4, or set `ipv6: true`',
    ],
    [
      'of a scraper',
      leaf({ scraper: { networks: ['scraper.example'] } }),
      'leafClusters[0].scraper.networks: "scraper.example" is not a network in CIDR notation; use for example 203.0.113.7/32',
    ],
  ],
  NodePorts: [
    [
      'of clients',
      broker({ clientListener: { nodePort: 4222 } }),
      'brokerCluster.clientListener.nodePort: 4222 is outside the NodePort range 30000-32767; use 30422',
    ],
    [
      'of leaves',
      broker({ leafListener: { nodePort: 32768 } }),
      'brokerCluster.leafListener.nodePort: 32768 is outside the NodePort range 30000-32767; use 30722',
    ],
  ],
  'clear text': [
    [
      'at a NodePort',
      broker({ clientListener: { tls: false } }),
      "brokerCluster.clientListener.tls: false opens NodePort 30422 to anyone's eyes; leave `tls` out, set `nodePort: 'closed'`, or write `insecurePlaintext: true`",
    ],
    [
      'at a load balancer',
      broker({ leafListener: { loadBalancerPort: 7422, tls: false } }),
      "brokerCluster.leafListener.tls: false opens LoadBalancer 7422 to anyone's eyes; leave `tls` out, set `nodePort: 'closed'`, or write `insecurePlaintext: true`",
    ],
  ],
  'load balancers': [
    ...[0, 65536, 1.5, '7422'].map((port): [string, Topology, string] => [
      `at port ${JSON.stringify(port)}`,
      broker({ leafListener: { loadBalancerPort: untyped(port) } }),
      `brokerCluster.leafListener.loadBalancerPort: ${JSON.stringify(port)} is not a port from 1 to 65535; use 7422`,
    ]),
    [
      'beside a NodePort',
      broker({ clientListener: { loadBalancerPort: 4222, nodePort: 30422 } }),
      'brokerCluster.clientListener.loadBalancerPort: 4222 stands beside `nodePort`, and a listener has one way in; leave out one of the two',
    ],
    [
      'beside a closed port',
      broker({ clientListener: { loadBalancerPort: 4222, nodePort: 'closed' } }),
      'brokerCluster.clientListener.loadBalancerPort: 4222 stands beside `nodePort`, and a listener has one way in; leave out one of the two',
    ],
    [
      'with one port for both listeners',
      broker({ clientListener: { loadBalancerPort: 443 }, leafListener: { loadBalancerPort: 443 } }),
      'brokerCluster.leafListener.loadBalancerPort: 443 is taken by the client listener; use 7422',
    ],
    [
      'with the port that leaves have for clients',
      broker({ clientListener: { loadBalancerPort: 7422 }, leafListener: { loadBalancerPort: 7422 } }),
      'brokerCluster.leafListener.loadBalancerPort: 7422 is taken by the client listener; use another',
    ],
    [
      'with nothing behind them',
      broker({ loadBalancer: {} }),
      'brokerCluster.loadBalancer: has no listener behind it; give one a `loadBalancerPort`, or leave it out',
    ],
    ...(
      [
        [{ class: 'a' }, ': has no property "class"; use className, annotations, nodePorts'],
        [
          { className: 'a b' },
          '.className: "a b" is not the name of a class; use for example service.k8s.aws/nlb',
        ],
        ...['Foo.com/NLB', 'a..b/c', 'a/b/c'].map(
          (className) =>
            [
              { className },
              `.className: "${className}" is not the name of a class; use for example service.k8s.aws/nlb`,
            ] as const,
        ),
        [
          { annotations: { 'a..b/c': 'd' } },
          '.annotations: "a..b/c" is not the name of an annotation; use for example metallb.io/address-pool',
        ],
        [{ nodePorts: 'no' }, '.nodePorts: "no" is not a choice; use true or false'],
        [
          { annotations: { 'a b': 'c' } },
          '.annotations: "a b" is not the name of an annotation; use for example metallb.io/address-pool',
        ],
        [
          { annotations: { 'config.linkerd.io/opaque-ports': '1' } },
          '.annotations: "config.linkerd.io/opaque-ports" is how Linkerd is told what the ports carry; leave it out',
        ],
        [{ annotations: { a: true } }, '.annotations: "a" is true and not a text; write it in quotes'],
        [
          { annotations: ['a'] },
          ".annotations: [\"a\"] is no list of names and texts; use for example { 'metallb.io/address-pool': 'uplinks' }",
        ],
      ] as const
    ).map(([loadBalancer, message]): [string, Topology, string] => [
      JSON.stringify(loadBalancer),
      broker({ leafListener: { loadBalancerPort: 7422 }, loadBalancer: untyped(loadBalancer) }),
      `brokerCluster.loadBalancer${message}`,
    ]),
  ],
  replicas: [0, 1.5, 2].flatMap((replicas) => [
    [
      `${replicas} brokers`,
      broker({ replicas }),
      `brokerCluster.replicas: ${replicas} is not a number of servers that can agree; use 1, 3 or 5`,
    ],
    [
      `${replicas} servers of a leaf`,
      leaf({ replicas }),
      `leafClusters[0].replicas: ${replicas} is not a number of servers that can agree; use 1, 3 or 5`,
    ],
  ]),
  'subjects and permissions': [
    ['a blank', publisher({ subject: 'a b' }), `brokerCluster.publishers[0].subject: "a b" ${blank}`],
    [
      'a wildcard to publish to',
      publisher({ subject: 'a.>' }),
      'brokerCluster.publishers[0].subject: "a.>" has a wildcard; name one subject, such as test.messages',
    ],
    ['an empty permission', publisher({ publish: [''] }), `brokerCluster.publishers[0].publish: "" ${blank}`],
    [
      'a permission with a blank',
      subscriber({ subscribe: ['ok', 'not ok'] }),
      `leafClusters[0].subscribers[0].subscribe: "not ok" ${blank}`,
    ],
    [
      'a permission that is no list',
      subscriber({ publish: 'abc' }),
      `leafClusters[0].subscribers[0].publish: "abc" is not a list; use for example ['test.messages']`,
    ],
    [
      "a permission for other clients' replies",
      external({ subscribe: ['_INBOX.>'] }),
      'brokerCluster.externalClients[0].subscribe: "_INBOX.>" is reserved; use a subject of your own, such as test.messages',
    ],
  ],
  'names and subjects that others take for theirs': [
    ...['linkerd-proxy', 'linkerd-init', 'linkerd-network-validator', 'default'].map(
      (name): [string, Topology, string] => [
        name,
        publisher({ name }),
        `brokerCluster.publishers[0].name: "${name}" is a name that Linkerd or Kubernetes uses itself; use a name such as orders`,
      ],
    ),
    ...['-c', '--help'].map((subject): [string, Topology, string] => [
      subject,
      subscriber({ subject }),
      `leafClusters[0].subscribers[0].subject: "${subject}" begins with '-', as the options of a command do; use a subject such as test.messages`,
    ]),
  ],
  scrapers: [
    ...['Prometheus', 'a..b', 'a/b'].map((serviceAccount): [string, Topology, string] => [
      `with the service account ${serviceAccount}`,
      leaf({ scraper: { serviceAccount, namespace: 'monitoring' } }),
      `leafClusters[0].scraper.serviceAccount: "${serviceAccount}" is not a DNS name; use for example prometheus`,
    ]),
    ...['Monitoring', 'a.b', 'a'.repeat(64)].map((namespace): [string, Topology, string] => [
      `in the namespace ${namespace}`,
      leaf({ scraper: { serviceAccount: 'prometheus', namespace } }),
      `leafClusters[0].scraper.namespace: "${namespace}" is not a DNS name; use for example prometheus`,
    ]),
  ],
  'images and resources': [
    [
      'an image without a version',
      publisher({ image: 'app' }),
      'brokerCluster.publishers[0].image: "app" is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine',
    ],
    [
      'a command without an image',
      publisher({ command: ['sh'] }),
      'brokerCluster.publishers[0].command: has no image to run in; name the `image` as well',
    ],
    [
      'a command that is no list',
      publisher({ image: 'app:1', command: 'sh -c true' as unknown as string[] }),
      "brokerCluster.publishers[0].command: \"sh -c true\" is not a list of words; use for example ['/app/orders', '--verbose']",
    ],
    [
      "a server's resources",
      leaf({ resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: 'lots', memory: '1Gi' } } }),
      'leafClusters[0].resources: "lots" is no amount of CPU; use for example 500m or 2',
    ],
    [
      "a client's resources",
      publisher({ resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1' } } }),
      'brokerCluster.publishers[0].resources: requests "1Gi" of memory, above the limit of "1"; raise the limit or request less',
    ],
  ],
  links: [
    [
      'of an unknown kind',
      leaf({ link: untyped({ kind: 'vpn' }) }),
      'leafClusters[0].link.kind: "vpn" is not a choice; use nats-tls or linkerd-gateway or plaintext',
    ],
    [
      'through a gateway without a link name',
      leaf({ link: untyped({ kind: 'linkerd-gateway' }) }),
      'leafClusters[0].link.linkName: is missing; use the name of the Link, such as vm-a',
    ],
    [
      'through a gateway whose mirror would have too long a name',
      leaf({ link: { kind: 'linkerd-gateway', linkName: 'a'.repeat(52) } }),
      `leafClusters[0].link.linkName: "${'a'.repeat(52)}" makes nats-broker-leafnodes-${'a'.repeat(52)} the name of a Service, which may have 63 characters; use at most 41`,
    ],
    [
      'in plain text that nobody wrote out',
      leaf({ link: untyped({ kind: 'plaintext' }) }),
      'leafClusters[0].link: "plaintext" travels in clear; use nats-tls, or write `insecurePlaintext: true`',
    ],
  ],
  'listeners that do not fit who dials them': [
    [
      'closed to a leaf',
      broker({ leafListener: { nodePort: 'closed' } }),
      'brokerCluster.leafListener.nodePort: is closed, but vm-b dials it; use 30722, or link it through a gateway',
    ],
    [
      'closed to an external client',
      broker({
        clientListener: { nodePort: 'closed' },
        externalClients: [{ name: 'laptop', networks: 'anywhere' }],
      }),
      'brokerCluster.clientListener.nodePort: is closed, but the external client laptop dials it; use 30422',
    ],
    [
      'with TLS, for one leaf of two in plain text',
      {
        ...topology,
        leafClusters: [
          { ...leafCluster, link: { kind: 'plaintext', insecurePlaintext: true } },
          { ...leafCluster, name: 'vm-c', issuer: 'c' },
        ],
      },
      `leafClusters[0].link: "plaintext" of vm-b ${fitsTls}`,
    ],
    [
      'with TLS at a port of its own, for a leaf in plain text',
      {
        ...broker({ leafListener: { nodePort: 31000 } }),
        leafClusters: [{ ...leafCluster, link: { kind: 'plaintext', insecurePlaintext: true } }],
      },
      `leafClusters[0].link: "plaintext" of vm-b ${fitsTls}`,
    ],
    [
      'in plain text, for a leaf with TLS',
      broker({ leafListener: { tls: false, insecurePlaintext: true } }),
      'leafClusters[0].link: "nats-tls" of vm-b does not fit the leaf listener, which is in plain text; use plaintext for every leaf, or leave `tls` out of `brokerCluster.leafListener`',
    ],
  ],
  choices: [
    [
      'secrets',
      { ...topology, secrets: untyped('vault') },
      'secrets: "vault" is not a choice; use file or external',
    ],
    [
      'access policy',
      { ...topology, accessPolicy: untyped('allow') },
      'accessPolicy: "allow" is not a choice; use deny or audit',
    ],
  ],
  'monitoring that cannot work': [
    [
      'without a scraper',
      broker({ monitoring: { kind: 'annotations' } }),
      "brokerCluster.monitoring: nobody may read the metrics; name the `scraper`, for example { serviceAccount: 'prometheus', namespace: 'monitoring' }",
    ],
    [
      'of an unknown kind',
      leaf({ scraper, monitoring: untyped({ kind: 'datadog' }) }),
      'leafClusters[0].monitoring.kind: "datadog" is not a choice; use prometheus-operator or annotations',
    ],
    [
      'that is no object',
      leaf({ scraper, monitoring: untyped(true) }),
      "leafClusters[0].monitoring: true is not an object; use for example { kind: 'prometheus-operator' }",
    ],
    [
      'with a misspelt property',
      broker({ scraper, monitoring: untyped({ kind: 'prometheus-operator', label: {} }) }),
      'brokerCluster.monitoring: has no property "label"; use kind, labels, dashboardLabels, runbook',
    ],
    [
      'with labels that nothing would bear',
      broker({ scraper, monitoring: untyped({ kind: 'annotations', labels: {} }) }),
      'brokerCluster.monitoring: has no property "labels"; use kind',
    ],
    [
      'with a label whose name is none',
      broker({ scraper, monitoring: { kind: 'prometheus-operator', labels: { 'my release': 'a' } } }),
      'brokerCluster.monitoring.labels: "my release" is not the name of a label; use for example release',
    ],
    [
      'with a label whose value is none',
      broker({ scraper, monitoring: { kind: 'prometheus-operator', dashboardLabels: { a: untyped(1) } } }),
      "brokerCluster.monitoring.dashboardLabels: 1 is not the value of a label; use at most 63 letters, digits, '-', '_' and '.'",
    ],
    [
      'with labels that are a list',
      broker({ scraper, monitoring: { kind: 'prometheus-operator', labels: untyped(['a']) } }),
      'brokerCluster.monitoring.labels: ["a"] is not an object; use for example { release: \'monitoring\' }',
    ],
    [
      'with a runbook that is no address',
      broker({ scraper, monitoring: { kind: 'prometheus-operator', runbook: 'docs/operations.md#leaf' } }),
      'brokerCluster.monitoring.runbook: "docs/operations.md#leaf" is not the address of a page; use for example https://wiki.example.com/nats/operations',
    ],
  ],
  'who makes certificates': [
    [
      'a kind that there is not',
      leaf({ certificates: untyped({ kind: 'vault' }) }),
      'leafClusters[0].certificates.kind: "vault" is not a choice; use cert-manager',
    ],
    [
      'an issuer whose name Kubernetes refuses',
      certManager({ issuerRef: { name: 'My_Issuer' } }),
      "leafClusters[0].certificates.issuerRef.name: \"My_Issuer\" is not the name of an issuer; use lower-case letters, digits, '-' and '.', such as vault",
    ],
    [
      'an issuer of a group that is none',
      certManager({ issuerRef: { name: 'vault', group: 'a/b' } }),
      'leafClusters[0].certificates.issuerRef.group: "a/b" is not an API group; use for example awspca.cert-manager.io',
    ],
    [
      'a length in days',
      certManager({ duration: '90d' }),
      'leafClusters[0].certificates.duration: "90d" is not a number of hours; use a whole number and h, such as 2160h for 90 days',
    ],
    [
      'a renewal without end',
      certManager({ duration: '24h', renewBefore: '24h' }),
      'leafClusters[0].certificates.renewBefore: "24h" is not less than the 24h that a certificate lasts, so that it would be renewed without end; use a third of it',
    ],
  ],
  'how Secrets get to the clusters': [
    ['a word that is no choice', secrets('vault'), 'secrets: "vault" is not a choice; use file or external'],
    [
      'a kind that there is not',
      secrets({ kind: 'vault' }),
      'secrets.kind: "vault" is not a choice; use sops or external-secrets',
    ],
    [
      'no recipients',
      secrets({ kind: 'sops' }),
      "secrets.recipients: undefined is not a list; use for example ['age1…']",
    ],
    [
      'an empty list of recipients',
      sops(),
      'secrets.recipients: is empty; name the public key of somebody who can decrypt the Secrets of every cluster',
    ],
    [
      'a recipient of another kind',
      sops('ssh-ed25519 AAAA'),
      'secrets.recipients[0]: "ssh-ed25519 AAAA" is no public key of age; use what age-keygen prints as the public key, age1 and 58 more characters',
    ],
    [
      'a private key, which is not shown',
      sops(RECIPIENT, 'AGE-SECRET-KEY-1QQQQ'),
      'secrets.recipients[1]: is a private key, which whoever reads topology.ts has now; make a new one, and write its public key, age1…, here',
    ],
    [
      'a recipient twice',
      sops(RECIPIENT, RECIPIENT),
      `secrets.recipients[1]: "${RECIPIENT}" is there twice; name each public key once`,
    ],
    [
      'a store without a name',
      secrets({ kind: 'external-secrets', store: {} }),
      "secrets.store.name: undefined is not the name of a store; use lower-case letters, digits, '-' and '.', such as nats",
    ],
    [
      'a store whose name Kubernetes refuses',
      store({ store: { name: 'Nats_Store' } }),
      "secrets.store.name: \"Nats_Store\" is not the name of a store; use lower-case letters, digits, '-' and '.', such as nats",
    ],
    [
      'a kind of store that there is not',
      store({ store: { name: 'nats', kind: 'Vault' } }),
      'secrets.store.kind: "Vault" is not a choice; use SecretStore or ClusterSecretStore',
    ],
    [
      'an interval in days, which Go does not know',
      store({ refreshInterval: '1d' }),
      'secrets.refreshInterval: "1d" is not a length of time; use a whole number and s, m or h, such as 1h',
    ],
    [
      'a separator that some store refuses',
      store({ separator: '.' }),
      'secrets.separator: "." is not a choice; use / or --',
    ],
    [
      "a cluster's recipient who reads all clusters already",
      { ...sops(RECIPIENT), brokerCluster: { ...brokerCluster, secretRecipients: [RECIPIENT] } },
      `brokerCluster.secretRecipients[0]: "${RECIPIENT}" is there twice; name each public key once`,
    ],
    [
      "a cluster's recipients where nothing is encrypted",
      leaf({ secretRecipients: [RECIPIENT] }),
      "leafClusters[0].secretRecipients: needs Secrets that are encrypted; write `secrets: { kind: 'sops', recipients: ['age1…'] }`",
    ],
    [
      "a cluster's recipient that is a private key",
      { ...leaf({ secretRecipients: ['age-secret-key-1qqqq'] }), secrets: sops(RECIPIENT).secrets! },
      'leafClusters[0].secretRecipients[0]: is a private key, which whoever reads topology.ts has now; make a new one, and write its public key, age1…, here',
    ],
  ],
  'misspelt and forgotten properties': [
    [
      'of the topology',
      untyped({ ...topology, leafCluster: [] }),
      'topology: has no property "leafCluster"; use brokerCluster, leafClusters, namespace, secrets, accessPolicy, ipv6, images, longestPartition, customize',
    ],
    [
      'of the broker cluster',
      broker(untyped({ replica: 3 })),
      'brokerCluster: has no property "replica"; use name, address, issuer, trustAnchor, publishers, subscribers, clients, replicas, resources, serverSettings, controllerResources, pods, serverPods, scraper, monitoring, linkerdCni, jetStream, streams, consumers, deletable, certificates, secretRecipients, furtherAddresses, clientListener, leafListener, loadBalancer, externalClients, furtherSites, routeNodePort, routeLoadBalancerPort, routeNetworks',
    ],
    [
      'of a leaf cluster',
      leaf(untyped({ network: 'anywhere' })),
      'leafClusters[0]: has no property "network"; use name, address, issuer, trustAnchor, publishers, subscribers, clients, replicas, resources, serverSettings, controllerResources, pods, serverPods, scraper, monitoring, linkerdCni, jetStream, streams, consumers, deletable, certificates, secretRecipients, link, networks, mirrors, mqtt',
    ],
    [
      'of a listener',
      broker({ clientListener: untyped({ nodeport: 30999 }) }),
      'brokerCluster.clientListener: has no property "nodeport"; use nodePort, loadBalancerPort, tls, insecurePlaintext',
    ],
    [
      'of a client',
      publisher({ subjects: [] }),
      'brokerCluster.publishers[0]: has no property "subjects"; use name, subject, user, publish, subscribe, image, command, passwordInEnvironment, stream, consumer, resources, pods',
    ],
    [
      'of an external client',
      external({ network: 'anywhere' }),
      'brokerCluster.externalClients[0]: has no property "network"; use name, networks, publish, subscribe',
    ],
    [
      'the whole broker cluster',
      untyped({ leafClusters: [] }),
      'brokerCluster: undefined is not an object; give it name, address, issuer, trustAnchor, publishers, subscribers, clients, replicas, resources, serverSettings, controllerResources, pods, serverPods, scraper, monitoring, linkerdCni, jetStream, streams, consumers, deletable, certificates, secretRecipients, furtherAddresses, clientListener, leafListener, loadBalancer, externalClients, furtherSites, routeNodePort, routeLoadBalancerPort, routeNetworks',
    ],
    ...[
      'publishers',
      'subscribers',
      'resources',
      'clientListener',
      'furtherAddresses',
      'loadBalancer',
      'name',
    ].map((property): [string, Topology, string] => [
      `${property} given as null`,
      broker({ [property]: null }),
      `brokerCluster: has null for "${property}"; give it a value, or leave it out for its default`,
    ]),
    [
      'a subject given as null',
      publisher({ subject: null }),
      'brokerCluster.publishers[0]: has null for "subject"; give it a value, or leave it out for its default',
    ],
    [
      'a port given as null',
      broker({ leafListener: untyped({ nodePort: null }) }),
      'brokerCluster.leafListener: has null for "nodePort"; give it a value, or leave it out for its default',
    ],
    [
      'publishers that are no list',
      broker({ publishers: untyped({ name: 'a' }) }),
      'brokerCluster.publishers: {"name":"a"} is not a list; use for example [{ name: \'orders\', subject: \'orders.created\' }]',
    ],
    [
      'external clients that are no list',
      broker({ externalClients: untyped('ops') }),
      "brokerCluster.externalClients: \"ops\" is not a list; use for example [{ name: 'ops', networks: 'anywhere' }]",
    ],
    [
      'the list of leaves given as null',
      untyped({ brokerCluster, leafClusters: null }),
      'topology: has null for "leafClusters"; give it a value, or leave it out for its default',
    ],
    [
      'the list of leaves',
      untyped({ brokerCluster }),
      'leafClusters: undefined is not a list; use [] for a broker without leaves',
    ],
  ],
};

describe.each(Object.entries(refusals))('refuses %s:', (_, table) => {
  it.each(table)('%s', (_what, bad, message) => {
    const [property, problem] = [
      message.slice(0, message.indexOf(': ')),
      message.slice(message.indexOf(': ')),
    ];
    expect(() => resolve(bad)).toThrow(new InvalidInput(`topology.ts \`${property}\`${problem}.`));
  });
});
