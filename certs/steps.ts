/**
 * What is left to do after a change, as a shell script with comments: what to run where and in which order, how to
 * see that it took, and how long the old has to stay.
 */
import { BROKER, DEFAULT_NAMESPACE, LEAF } from '../model/names.ts';
import type { Cluster, Topology } from '../model/topology.ts';
import { type Carrier, type Carriers, clustersOf } from './carriers.ts';
import { anchorsFlag, applied, type Files, issuerFlags, linkerd } from './linkerd-lines.ts';
import type { Renewal } from './rotate.ts';
import type { Reached } from './rotate-root.ts';

/** What the steps are made from. */
export interface StepsInput extends Files {
  readonly topology: Topology;
  readonly carriers: Carriers;
}

const clusters = ({ topology }: StepsInput): Cluster[] => [topology.brokerCluster, ...topology.leafClusters];
const kubectl = (context: string, namespace: string, command: string) =>
  `kubectl --context ${context} -n ${namespace} ${command}`;
const namespaceOf = ({ topology }: StepsInput) => topology.namespace ?? DEFAULT_NAMESPACE;

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
    ...secretsTo(concerned, carriers, topology),
    waits,
    '# Where a server takes part, it says "nats-server runs on the current files":',
    ...looks,
    '# The demonstration clients sign in again by themselves. An application that does not read its files again has',
    '# to be restarted.',
  ];
}

function secretsTo(concerned: readonly string[], carriers: readonly Carrier[], topology: Topology): string[] {
  if (topology.secrets === 'external') {
    const list = carriers.map(({ cluster, namespace, secret }) => `#   ${cluster}: ${namespace}/${secret}`);
    return [
      "# Put the new values of these Secrets into your secret manager. To see them, set `secrets: 'file'`, run",
      '# npm run synth, and take them from dist/<cluster>/secrets.k8s.yaml; afterwards set it back and run it again:',
      ...new Set(list),
    ];
  }
  return [
    '# Take the changed Secrets to their clusters, one right after the other:',
    'npm run synth',
    ...concerned.map((cluster) => `kubectl --context ${cluster} apply -f dist/${cluster}`),
  ];
}

/** After a certificate or password that somebody other than a root has was minted anew. */
export function renewalSteps(part: string, name: string, renewal: Renewal, input: StepsInput): string[] {
  if (part === 'issuer') {
    const cluster = clusters(input).find((one) => one.name === name)!;
    return [
      ...issuerUpgrade(cluster, input),
      '# Nothing has to stay: workloads take certificates of the new issuer within 24 hours, the old ones stay good',
      '# until then.',
    ];
  }
  const { certificates = [], passwords = [] } = renewal;
  const found = [
    ...certificates.flatMap((one) => input.carriers.certificates.get(one) ?? []),
    ...passwords.flatMap((one) => input.carriers.passwords.get(one) ?? []),
  ];
  return [...deliver(found, input), ...seen(part, input), ...aftermath(part, name, input)];
}

/** How to see, from outside, what a server shows. */
export function seen(part: string, { topology }: Pick<StepsInput, 'topology'>): string[] {
  const { address, leafListener } = topology.brokerCluster;
  const port = leafListener?.loadBalancerPort ?? leafListener?.nodePort ?? 30722;
  if (part !== 'server' || port === 'closed') return [];
  const connect = `openssl s_client -connect ${address.includes(':') ? `[${address}]` : address}:${port}`;
  return [
    '# The serial number that the broker shows is the one of the new certificate:',
    `${connect} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
  ];
}

function aftermath(part: string, name: string, { folder, topology }: StepsInput): string[] {
  if (part === 'password') {
    return [
      '# A server refuses the old password as soon as it has read the new one. Leaves that are connected stay so.',
    ];
  }
  if (part === 'server') return ['# Nothing of the old certificate has to stay.'];
  const { externalClients = [] } = topology.brokerCluster;
  const outside = part === 'client' && externalClients.some((client) => client.name === name);
  const file = `${folder}/${topology.brokerCluster.name}-${name}`;
  const stolen =
    part === 'leaf'
      ? `rotate its password too, or shut it out: npm run certs -- revoke leaf ${name}`
      : 'rotate its password too, which goes with it';
  return [
    ...(outside ? [`# Hand ${file}.crt and ${file}.key to whoever runs ${name}.`] : []),
    `# The old certificate is good until it ends. If its key was stolen, ${stolen}`,
  ];
}

function issuerUpgrade(cluster: Cluster, files: Files): string[] {
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

/** After a stage of the anchor's rotation. */
export function anchorSteps(reached: Reached, input: StepsInput): string[] {
  const restart = (name: string) => [
    kubectl(name, namespaceOf(input), 'rollout restart statefulset,deploy'),
    linkerd(name, 'check --proxy'),
  ];
  if (reached === 'switch') {
    return [
      ...clusters(input).flatMap((cluster) => [...issuerUpgrade(cluster, input), ...restart(cluster.name)]),
      '# The old anchor has to stay until every meshed workload has a certificate from a new issuer: once it was',
      '# restarted, or 24 hours later. Earlier is an outage (linkerd/linkerd2#4287). Then:',
      'npm run certs -- rotate anchor --confirmed switch',
    ];
  }
  const upgrades = clusters(input).flatMap(({ name }) => [
    applied(name, `upgrade ${anchorsFlag(input)}`),
    '# Linkerd reads the anchors when it starts (linkerd/linkerd2#8018), and a workload gets them when its pod is made:',
    kubectl(name, 'linkerd', 'rollout restart deploy'),
    ...restart(name),
  ]);
  const others = '# Restart the meshed workloads of other namespaces as well.';
  if (reached === 'retire') return [...upgrades, others, '# That was the last stage; nothing has to stay.'];
  return [
    ...upgrades,
    others,
    '# When "data plane proxies certificate match CA" passes on every cluster:',
    'npm run certs -- rotate anchor --confirmed bundle',
  ];
}

/** After a stage of the NATS CA's rotation. */
export function natsCaSteps(reached: Reached, input: StepsInput): string[] {
  const { folder, topology } = input;
  const names = (topology.brokerCluster.externalClients ?? []).map(({ name }) => name).join(', ');
  const bundle = `every NATS CA in ${folder}: nats-ca.crt, nats-ca-next.crt, nats-ca-previous.crt, as far as they are there`;
  const outside = names ? [`# Hand ${names} what changed. Their CA file is ${bundle}.`] : [];
  const delivered = [...deliver(input.carriers.natsCa, input), ...outside];
  if (reached === 'bundle') {
    return [
      ...delivered,
      '# When every server and client trusts both CAs:',
      'npm run certs -- rotate nats-ca --confirmed bundle',
    ];
  }
  if (reached === 'switch') {
    return [
      ...delivered,
      ...seen('server', input),
      '# The old CA has to stay until every server and client has its new certificate. Then:',
      'npm run certs -- rotate nats-ca --confirmed switch',
    ];
  }
  return [
    ...delivered,
    '# That was the last stage: no new connection with a certificate of the old CA is let in from now on.',
  ];
}
