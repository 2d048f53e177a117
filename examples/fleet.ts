import type { LeafCluster, Topology } from '../model/topology.ts';

/**
 * A head office and any number of shops: leaf clusters that differ in name and address only. For a thousand shops write
 * `export const topology = fleet(1000)` in `topology.ts`.
 */
export const fleet = (shops: number): Topology => ({
  brokerCluster: {
    name: 'office',
    address: 'nats.example.com',
    issuer: 'office-issuer',
    publishers: [{ name: 'prices', subject: 'prices.changed' }],
  },
  leafClusters: Array.from({ length: shops }, (_, i) => shop(i + 1)),
});

/** RFC 2544 reserves these addresses for benchmarks. */
function shop(number: number): LeafCluster {
  const name = `shop-${number}`;
  return {
    name,
    address: `198.18.${Math.floor(number / 256)}.${number % 256}`,
    issuer: `${name}-issuer`,
    subscribers: [{ name: 'tills', subject: 'prices.changed' }],
  };
}
