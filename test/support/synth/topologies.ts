import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { topology as certManager } from '../../../examples/cert-manager.ts';
import { fleet } from '../../../examples/fleet.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';
import { watched } from '../monitoring/watched.ts';

const [leaf] = topology.leafClusters as [LeafCluster];
const { brokerCluster } = topology;

/** Topologies that between them use every choice, by what they are about; those under `examples/` are added. */
const own: Record<string, Topology> = {
  'as it comes': topology,
  'three brokers': { ...topology, brokerCluster: { ...brokerCluster, replicas: 3 } },
  'through a gateway': {
    ...topology,
    leafClusters: [{ ...leaf, link: { kind: 'linkerd-gateway', linkName: 'vm-a' } }],
  },
  'plain text': {
    ...topology,
    brokerCluster: { ...brokerCluster, clientListener: { tls: false, insecurePlaintext: true } },
    leafClusters: [{ ...leaf, link: { kind: 'plaintext', insecurePlaintext: true } }],
  },
  'a fleet of three shops': fleet(3),
  'closed ports': {
    ...topology,
    brokerCluster: {
      ...brokerCluster,
      clientListener: { nodePort: 'closed' },
      leafListener: { nodePort: 'closed' },
    },
    leafClusters: [],
  },
  'external clients': {
    ...topology,
    brokerCluster: {
      ...brokerCluster,
      externalClients: [
        { name: 'laptop', networks: 'anywhere', subscribe: ['>'] },
        { name: 'billing', networks: ['203.0.113.0/24'], publish: ['invoices'] },
      ],
    },
  },
  'a meshed scraper and the CNI plugin, audited': {
    ...topology,
    accessPolicy: 'audit',
    brokerCluster: {
      ...brokerCluster,
      linkerdCni: true,
      scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    },
  },
  'a scraper outside the mesh': {
    ...topology,
    leafClusters: [{ ...leaf, scraper: { networks: ['203.0.113.7/32'] } }],
  },
  'certificates by cert-manager, watched': watched(certManager),
  'two leaves in a namespace of their own, with IPv6': {
    ...topology,
    namespace: 'messaging',
    ipv6: true,
    leafClusters: [
      { ...leaf, address: '2001:db8::b' },
      {
        name: 'vm-c',
        address: 'c.example',
        issuer: 'c-issuer',
        networks: ['2001:db8:c::/48', '198.51.100.0/24'],
        publishers: [{ name: 'sensor', subject: 'readings', passwordInEnvironment: true }],
        subscribers: [{ name: 'archive', user: 'archive', subject: '>', image: 'archive:1.0.0' }],
      },
    ],
  },
};

const folder = join(import.meta.dirname, '..', '..', '..', 'examples');
const examples = await Promise.all(
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map(async (file): Promise<[string, Topology | undefined]> => {
      const module = (await import(pathToFileURL(join(folder, file)).href)) as { topology?: Topology };
      return [`examples/${file}`, module.topology];
    }),
);

export const topologies: readonly (readonly [name: string, topology: Topology])[] = [
  ...Object.entries(own),
  ...examples.flatMap(([name, example]) => (example ? [[name, example] as const] : [])),
];
