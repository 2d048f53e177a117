/**
 * What is left to do after a change, as a shell script with comments: what to run where and in which order, how to
 * see that it took, and how long the old has to stay.
 */
import { kubectl } from '../model/kubectl.ts';
import { BROKER, DEFAULT_NAMESPACE, LEAF, MONITORING } from '../model/names.ts';
import type { Cluster, Topology } from '../model/topology.ts';
import { type Carrier, type Carriers, clustersOf } from './carriers.ts';
import { applied, type Files, issuerFlags, linkerd } from './linkerd-lines.ts';
import { synthLine } from './shown-command.ts';

/** What the steps are made from. */
export interface StepsInput extends Files {
  readonly topology: Topology;
  readonly carriers: Carriers;
}

export const clusters = ({ topology }: StepsInput): Cluster[] => [
  topology.brokerCluster,
  ...topology.leafClusters,
];
export const namespaceOf = ({ topology }: StepsInput) => topology.namespace ?? DEFAULT_NAMESPACE;

/** Takes changed Secrets to their clusters. */
export function deliver(carriers: readonly Carrier[], input: StepsInput): string[] {
  const { topology } = input;
  const concerned = clustersOf(carriers);
  if (concerned.length === 0) return ['# No Secret of a cluster changes.'];
  const waits =
    '# No pod has to be restarted: within about a minute the kubelet brings a changed Secret to its pod.';
  const looks = concerned.map((cluster) => {
    const server = cluster === topology.brokerCluster.name ? BROKER : LEAF;
    return kubectl(cluster, namespaceOf(input), `logs ${server}-0 -c config-reloader --tail 1`);
  });
  return [
    ...secretsTo(concerned, carriers, input),
    waits,
    '# Where a server takes part, it says "nats-server runs on the current files":',
    ...looks,
    '# The demonstration clients sign in again by themselves. An application that does not read its files again has',
    '# to be restarted.',
  ];
}

/** Tells the Prometheus of each cluster when the new certificates end; its alerts would go by the old ones. */
export function tellMonitoring(input: StepsInput): string[] {
  const watched = clusters(input).filter(({ monitoring }) => monitoring?.kind === 'prometheus-operator');
  if (watched.length === 0 || input.topology.secrets === 'external') return [];
  return [
    '# The alerts go by the ends of the certificates, which come to the clusters with their monitoring:',
    synthLine(input.folder),
    ...watched.map(({ name }) => `kubectl --context ${name} apply -f dist/${name}/${MONITORING}`),
  ];
}

function secretsTo(
  concerned: readonly string[],
  carriers: readonly Carrier[],
  { topology, folder }: StepsInput,
): string[] {
  if (topology.secrets === 'external') {
    const list = carriers.map(({ cluster, namespace, secret }) => `#   ${cluster}: ${namespace}/${secret}`);
    return [
      "# Put the new values of these Secrets into your secret manager. To see them, set `secrets: 'file'`, run",
      `# ${synthLine(folder)}, and take them from dist/<cluster>/secrets.k8s.yaml; afterwards set it back and run it again:`,
      ...new Set(list),
    ];
  }
  return [
    '# Take the changed Secrets to their clusters, one right after the other:',
    synthLine(folder),
    ...concerned.map((cluster) => `kubectl --context ${cluster} apply -f dist/${cluster}`),
  ];
}

/** How to see, from outside, which certificate the broker shows. */
export function seen({ topology }: Pick<StepsInput, 'topology'>): string[] {
  const { address, leafListener } = topology.brokerCluster;
  const port = leafListener?.loadBalancerPort ?? leafListener?.nodePort ?? 30722;
  if (port === 'closed') return [];
  const connect = `openssl s_client -connect ${address.includes(':') ? `[${address}]` : address}:${port}`;
  return [
    '# The serial number that the broker shows is the one of the new certificate:',
    `${connect} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
  ];
}

/** Gives Linkerd on one cluster its new issuer. */
export function issuerUpgrade(cluster: Cluster, files: Files): string[] {
  const { name } = cluster;
  return [
    applied(name, `upgrade ${issuerFlags(cluster, files)}`),
    '# Linkerd may miss a changed issuer (linkerd/linkerd2#15109); no workload notices this restart:',
    kubectl(name, 'linkerd', 'rollout restart deploy/linkerd-identity'),
    '# It took when there is an event IssuerUpdated, or no issuer at all that was skipped, and every check passes:',
    kubectl(name, 'linkerd', 'get events --field-selector reason=IssuerUpdated'),
    linkerd(name, 'check --proxy'),
  ];
}
