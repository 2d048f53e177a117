/**
 * What the package `nats-mtls` offers: the constructs, the types of a topology, and what its commands do as functions.
 */
export { run } from './bin/run.ts';
export * from './constructs/index.ts';
export type { Customize } from './model/customize.ts';
export type { BrokerModel, ClusterModel, LeafModel, Model } from './model/model.ts';
export { resolve } from './model/resolve.ts';
export type { BrokerCluster, Cluster, LeafCluster, Topology, Workload } from './model/topology.ts';
export { type AppOptions, synth } from './synth/app.ts';
