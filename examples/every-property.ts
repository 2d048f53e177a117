import type { Resources, Topology } from '../model/topology.ts';

const resources: Resources = {
  requests: { cpu: '500m', memory: '512Mi' },
  limits: { cpu: '2', memory: '2Gi' },
};

const storage = { size: '20Gi', className: 'local-path' };

/** Every property that a topology may have, but for those of pods (operators.ts) and of links and listeners in plain text. */
export const topology: Topology = {
  namespace: 'messaging',
  secrets: {
    kind: 'sops',
    recipients: ['age1ngdl7vmr3lxfjr0pvdf4gr50k4lfnx8wtj6969trga80udex6dkqfkemac'],
  },
  accessPolicy: 'audit',
  ipv6: true,
  longestPartition: '24h',
  images: {
    registry: 'registry.example.com/mirror',
    pullSecrets: ['registry'],
    pullPolicy: 'IfNotPresent',
    natsServer: 'nats:2.14.6-alpine',
    natsBox: 'natsio/nats-box:0.19.7-nonroot',
    reloader: 'busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    exporter: 'natsio/prometheus-nats-exporter:0.20.1',
  },
  brokerCluster: {
    name: 'hub',
    address: 'nats.example.com',
    furtherAddresses: ['203.0.113.8', '2001:db8::8'],
    issuer: 'hub-issuer',
    replicas: 3,
    resources,
    serverSettings: { maxPayload: '8Mi', maxConnections: 10_000, writeDeadline: '5s', logLevel: 'debug' },
    controllerResources: {
      requests: { cpu: '20m', memory: '32Mi' },
      limits: { cpu: '100m', memory: '64Mi' },
    },
    linkerdCni: true,
    clientListener: { nodePort: 30422, tls: true },
    leafListener: { loadBalancerPort: 7422 },
    loadBalancer: {
      className: 'service.k8s.aws/nlb',
      annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' },
      nodePorts: true,
    },
    externalClients: [
      {
        name: 'billing',
        networks: ['192.0.2.0/24'],
        publish: ['orders.paid'],
        subscribe: ['orders.created'],
      },
    ],
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    monitoring: {
      kind: 'prometheus-operator',
      labels: { release: 'monitoring' },
      dashboardLabels: { grafana_dashboard: '1' },
      runbook: 'https://wiki.example.com/nats/operations',
    },
    jetStream: { storage, syncInterval: 'always' },
    streams: [
      {
        name: 'ORDERS',
        subjects: ['orders.>'],
        maxAge: '7d',
        maxBytes: '8Gi',
        replicas: 3,
        duplicateWindow: '1h',
        expected: { messagesPerSecond: 100, bytesPerMessage: 200 },
        allowDataLoss: true,
      },
    ],
    deletable: ['OLD', 'ORDERS.former'],
    secretRecipients: ['age167kq9yts7uq3q7qdvpfq8tdjla6j5peqr88a4gd5ht54sswjl48qqe4qtw'],
    publishers: [
      {
        name: 'shop',
        user: 'shop',
        subject: 'orders.created',
        publish: ['orders.cancelled'],
        subscribe: ['orders.paid'],
        image: 'registry.example.com/shop:1.4.2',
        command: ['/app/shop', '--verbose'],
        passwordInEnvironment: true,
        stream: 'ORDERS',
        resources,
      },
    ],
  },
  leafClusters: [
    {
      name: 'edge',
      address: '198.51.100.7',
      networks: ['198.51.100.0/24'],
      issuer: 'edge-issuer',
      trustAnchor: 'own',
      link: { kind: 'nats-tls' },
      certificates: {
        kind: 'cert-manager',
        issuerRef: { name: 'vault', kind: 'ClusterIssuer', group: 'cert-manager.io' },
        duration: '720h',
        renewBefore: '240h',
      },
      scraper: { networks: ['203.0.113.7/32'] },
      monitoring: { kind: 'annotations' },
      jetStream: { storage },
      mqtt: {
        devices: [
          {
            name: 'scale-1',
            networks: ['192.0.2.0/24'],
            publish: ['orders/picked'],
            subscribe: ['orders/+/label', 'scales/#'],
          },
        ],
        addresses: ['192.0.2.10', 'edge.example.com'],
        listener: { loadBalancerPort: 8883 },
        loadBalancer: { annotations: { 'metallb.io/address-pool': 'machines' }, nodePorts: false },
        storage: '512Mi',
      },
      mirrors: ['ORDERS'],
      consumers: [
        {
          name: 'audit',
          stream: 'ORDERS',
          subject: 'orders.>',
          ackWait: '30s',
          maxAckPending: 1,
          maxDeliver: 5,
        },
      ],
      subscribers: [
        { name: 'audit', user: 'audit', subject: 'orders.>', stream: 'ORDERS', consumer: 'audit' },
      ],
      clients: [
        {
          name: 'warehouse',
          namespace: 'logistics',
          serviceAccount: 'picking',
          user: 'warehouse',
          publish: ['orders.picked'],
          subscribe: ['orders.cancelled'],
          stream: 'ORDERS',
          consumer: 'audit',
          podLabels: { app: 'picking' },
        },
      ],
    },
    {
      name: 'branch',
      address: '198.51.100.8',
      issuer: 'branch-issuer',
      link: { kind: 'linkerd-gateway', linkName: 'hub' },
      subscribers: [{ name: 'tills', subject: 'orders.created' }],
    },
  ],
};
