import type { LeafCluster, Topology } from '../model/topology.ts';

/**
 * A head office and its shops: leaf clusters that differ in name and address only, as many as are asked for. In
 * `topology.ts` a thousand of them are `export const topology = fleet(1000)`.
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

/** The addresses are those that RFC 2544 sets aside for benchmarks. */
function shop(number: number): LeafCluster {
  const name = `shop-${number}`;
  return {
    name,
    address: `198.18.${Math.floor(number / 256)}.${number % 256}`,
    issuer: `${name}-issuer`,
    subscribers: [{ name: 'tills', subject: 'prices.changed' }],
  };
}
