import { topology as applications } from '../../../examples/applications.ts';
import { topology as gateway } from '../../../examples/linkerd-gateway.ts';
import { topology as monitoring } from '../../../examples/monitoring.ts';
import { topology as plaintext } from '../../../examples/plaintext.ts';
import { topology as waysIn } from '../../../examples/ways-in.ts';
import { resolve } from '../../../model/resolve.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';

export { applications, gateway, monitoring, plaintext, topology, waysIn };

const [leaf] = topology.leafClusters as [LeafCluster];

/** The topology that the project comes with, with as many leaf clusters as are wanted. */
export const withLeaves = (count: number): Topology => ({
  ...topology,
  leafClusters: Array.from({ length: count }, (_, i) => ({
    ...leaf,
    name: `leaf-${i}`,
    address: `10.1.${i >> 8}.${i & 255}`,
    issuer: `leaf-${i}-issuer`,
  })),
});

/** A topology with everything that a picture has to keep apart: outside clients, two kinds of scraper, and an audit. */
export const crowded: Topology = {
  ...applications,
  accessPolicy: 'audit',
  brokerCluster: {
    ...applications.brokerCluster,
    scraper: { networks: ['192.0.2.0/24', '198.51.100.0/24'] },
    externalClients: [
      { name: 'billing', networks: ['203.0.113.0/24'], subscribe: ['orders.created'] },
      { name: 'a-name-that-is-as-long-as-any-name-may-be-anywhere-1', networks: 'anywhere' },
    ],
  },
};

/** Leaves that come to the broker in two ways, so that the picture has two lines side by side. */
const twoLinks: Topology = {
  ...topology,
  leafClusters: withLeaves(4).leafClusters.map((each, i) =>
    i % 2 === 0 ? each : { ...each, link: { kind: 'linkerd-gateway', linkName: 'vm-a' } },
  ),
};

export const all: [string, Topology][] = [
  ['topology.ts', topology],
  ['examples/linkerd-gateway.ts', gateway],
  ['examples/plaintext.ts', plaintext],
  ['examples/applications.ts', applications],
  ['examples/monitoring.ts', monitoring],
  ['examples/ways-in.ts', waysIn],
  ['a crowded one', crowded],
  ['two kinds of link', twoLinks],
  ['twelve leaves', withLeaves(12)],
  ['thirteen leaves', withLeaves(13)],
];

/** What the manifests of every cluster say about connections. */
export const views = (of: Topology) => [...synthesize(resolve(of))].map(({ view }) => view);
