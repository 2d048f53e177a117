/**
 * What is left to do after a change, as a shell script with comments: what to run where and in which order, how to
 * see that it took, and how long the old has to stay.
 */

import type { ClusterModel } from '../../model/model.ts';
import { MONITORING } from '../../model/names.ts';
import { applyLine, kubectl } from '../../terminal/kubectl.ts';
import { clientFolders, clusterFolder } from '../../terminal/output-folder.ts';
import { providedByOthers, secretsLines } from '../../terminal/secrets-lines.ts';
import { doctorLine, exportLine, synthLine } from '../../terminal/shown-command.ts';
import { clustersOf, type SecretRef, type SecretRefs } from '../secret-refs.ts';
import { applied, type Files, issuerFlags, linkerd } from './linkerd-install.ts';

/** What the steps are made from. */
export interface StepsInput extends Files {
  readonly secretRefs: SecretRefs;
}

export const namespaceOf = ({ model }: StepsInput) => model.namespace;

/**
 * Takes changed Secrets to their clusters.
 * @param oneByOne - wait until the servers of a cluster have taken theirs before the next cluster gets its own: a leaf
 * that reads a new password drops its connection, and the broker has to know that password by then
 */
export function deliver(secretRefs: readonly SecretRef[], input: StepsInput, oneByOne = false): string[] {
  const { model } = input;
  const concerned = clustersOf(secretRefs);
  if (concerned.length === 0) return ['# No Secret of a cluster changes.'];
  const reading = concerned.filter((cluster) =>
    secretRefs.some(
      (one) =>
        one.cluster === cluster &&
        one.namespace === namespaceOf(input) &&
        one.secret.startsWith(`${serverOf(cluster, input)}-`),
    ),
  );
  const looks = reading.map((cluster) => reloaderLog(cluster, input, '--prefix '));
  const clientsOf = (cluster: string) =>
    secretRefs
      .filter((one) => one.cluster === cluster && one.namespace !== namespaceOf(input))
      .map(({ namespace }) => namespace);
  return [
    'applied=$(date -u +%Y-%m-%dT%H:%M:%SZ)',
    ...changed(secretRefs, input),
    ...concerned.flatMap((cluster, i) => [
      ...secretsLines(
        model.secrets,
        cluster,
        clusterFolder(cluster),
        ...clientFolders(cluster, clientsOf(cluster)),
      ),
      // The kubelet looks at the Secrets of a pod when the pod changes, and else within a minute or so.
      kubectl(cluster, namespaceOf(input), 'annotate pods --all --overwrite nats-mtls/applied="$applied"'),
      ...(oneByOne && reading.includes(cluster) && i < concerned.length - 1 ? taken(cluster, input) : []),
    ]),
    '# No pod has to be restarted: the annotation has the kubelet bring a changed Secret at once, and not in a minute.',
    ...(looks.length > 0
      ? ['# Repeat this until every server says "nats-server runs on the current files", up to two minutes:']
      : []),
    ...looks,
    '# The demonstration clients sign in again by themselves. An application that does not read its files again has',
    '# to be restarted.',
  ];
}

const clusterNamed = (cluster: string, { model }: StepsInput) =>
  model.clusters.find(({ name }) => name === cluster)!;

/** The server of a cluster, with whose name the names of the Secrets begin that it reads. */
const serverOf = (cluster: string, input: StepsInput) => clusterNamed(cluster, input).server;

/** What the reloaders of a cluster have said since the apply. */
const reloaderLog = (cluster: string, input: StepsInput, option = '') => {
  const logs = `logs -l app=${serverOf(cluster, input)} -c config-reloader ${option}--since-time="$applied"`;
  return kubectl(cluster, namespaceOf(input), logs);
};

/** Waits until every server of a cluster runs on the current files. */
function taken(cluster: string, input: StepsInput): string[] {
  const servers = clusterNamed(cluster, input).replicas;
  return [
    `# The next cluster has to wait for the servers of ${cluster}:`,
    `until [ "$(${reloaderLog(cluster, input)} | grep -c 'current files')" -ge ${servers} ]; do sleep 1; done`,
  ];
}

/** Tells the Prometheus of each cluster when the new certificates end; its alerts would go by the old ones. */
export function tellMonitoring(input: StepsInput): string[] {
  const watched = input.model.clusters.filter(({ monitoring }) => monitoring?.kind === 'prometheus-operator');
  if (watched.length === 0 || providedByOthers(input.model.secrets)) return [];
  return [
    '# The alerts go by the ends of the certificates, which come to the clusters with their monitoring:',
    synthLine(input.folder),
    ...watched.map(({ name }) => applyLine(name, `${clusterFolder(name)}/${MONITORING}`)),
  ];
}

function changed(secretRefs: readonly SecretRef[], { model, folder }: StepsInput): string[] {
  switch (model.secrets.kind) {
    case 'external':
    case 'external-secrets': {
      const list = secretRefs.map(
        ({ cluster, namespace, secret }) => `#   ${cluster}: ${namespace}/${secret}`,
      );
      return [
        '# Put the new values of these Secrets into your secret manager:',
        ...new Set(list),
        exportLine(folder),
      ];
    }
    case 'sops':
      return [
        '# Take the changed Secrets to their clusters, in this order:',
        synthLine(folder),
        "# Where Flux takes them from Git, commit and push each cluster's in place of the command that decrypts them,",
        '# and wait until it has:',
      ];
    case 'file':
      return ['# Take the changed Secrets to their clusters, in this order:', synthLine(folder)];
  }
}

/** How to see which certificate the broker shows. From outside only an address that it admits would see it. */
export const seen = ({ folder }: Pick<StepsInput, 'folder'>): string[] => [
  '# The doctor compares the certificate that the broker shows with the new one:',
  doctorLine(folder),
];

/** Gives Linkerd on one cluster its new issuer. */
export function issuerUpgrade(cluster: ClusterModel, files: Files): string[] {
  const { name } = cluster;
  return [
    applied(name, `upgrade ${issuerFlags(cluster, files)}`),
    '# Linkerd may miss a changed issuer (linkerd/linkerd2#15109); no workload notices this restart:',
    kubectl(name, 'linkerd', 'rollout restart deploy/linkerd-identity'),
    kubectl(name, 'linkerd', 'rollout status deploy/linkerd-identity'),
    '# It took when every check passes. The doctor also compares the issuer in use with the new one:',
    linkerd(name, 'check --proxy'),
    doctorLine(files.folder),
  ];
}
