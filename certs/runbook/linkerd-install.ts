/** The commands that put Linkerd on each cluster with the minted files; for a person to copy. */

import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { BrokerModel, ClusterModel, LeafModel, Model } from '../../model/model.ts';
import { shellWord } from '../../terminal/shown-path.ts';
import { anchorsFile, type IssuedByName } from '../store/roots.ts';

/** A cluster's commands, in the order in which to run them. Each line is one whole command or a comment. */
export interface ClusterLines {
  readonly cluster: string;
  readonly lines: readonly string[];
}

/** Where k3s looks for CNI plugins; the defaults of `linkerd install-cni` do not work there (k3s-io/k3s#10868). */
const K3S_CNI =
  '--dest-cni-net-dir /var/lib/rancher/k3s/agent/etc/cni/net.d --dest-cni-bin-dir /var/lib/rancher/k3s/data/cni';

/**
 * The lines of every cluster, the broker's first, because a leaf's link is made from it. The kubectl context of a
 * cluster is taken to be its name.
 * @param folder where the certificates are, as the lines name it
 * @param issued what is there, which shows the stage of each anchor's rotation. @default - no anchor is rotated
 */
export function linkerdLines(model: Model, folder: string, issued: IssuedByName = new Map()): ClusterLines[] {
  const files = { model, folder, issued };
  const { broker, sites, leaves } = model;
  return [
    ...sites.map((site) => ({ cluster: site.name, lines: brokerLines(site, files) })),
    ...leaves.map((leaf) => ({ cluster: leaf.name, lines: leafLines(leaf, broker, files) })),
  ];
}

export const linkerd = (context: string, command: string) => `linkerd --context ${context} ${command}`;
export const applied = (context: string, command: string, to = context) =>
  `${linkerd(context, command)} | kubectl --context ${to} apply -f -`;

const shellPath = (folder: string, file: string) => shellWord(join(folder, file));

/** Where the files are, as the lines name them, and what Linkerd has to be told of the clusters. */
export interface Files {
  readonly model: Model;
  readonly folder: string;
  /** What is there, by name. */
  readonly issued: IssuedByName;
}

/** The flag that tells Linkerd which anchors to trust in a cluster. */
export const anchorsFlag = ({ anchor }: ClusterModel, { folder, issued }: Files) =>
  `--identity-trust-anchors-file ${shellPath(folder, anchorsFile(anchor, issued))}`;

/** The flags that tell Linkerd which issuer signs in a cluster. */
export const issuerFlags = ({ issuer }: ClusterModel, { folder }: Files) =>
  `--identity-issuer-certificate-file ${shellPath(folder, `${issuer}.crt`)} --identity-issuer-key-file ${shellPath(folder, `${issuer}.key`)}`;

function installLines(cluster: ClusterModel, files: Files): string[] {
  const { name, linkerdCni } = cluster;
  return [
    // Since Linkerd 2.19 the Gateway API's own definitions have to be asked for (linkerd/linkerd2#14523).
    '# Where the Gateway API is already there, leave out --set installGatewayAPI=true.',
    applied(name, 'install --crds --set installGatewayAPI=true'),
    ...(linkerdCni ? [applied(name, `install-cni ${K3S_CNI}`)] : []),
    applied(
      name,
      [
        'install',
        ...(linkerdCni ? ['--linkerd-cni-enabled'] : []),
        // Linkerd handles IPv6 only when told.
        ...(files.model.ipv6 ? ['--set disableIPv6=false'] : []),
        anchorsFlag(cluster, files),
        issuerFlags(cluster, files),
      ].join(' '),
    ),
    linkerd(name, 'check'),
  ];
}

function brokerLines(broker: BrokerModel, files: Files): string[] {
  const multicluster = broker.exported ? [applied(broker.name, 'multicluster install')] : [];
  return [...installLines(broker, files), ...multicluster];
}

function leafLines(leaf: LeafModel, broker: BrokerModel, files: Files): string[] {
  const lines = installLines(leaf, files);
  if (leaf.link.kind !== 'linkerd-gateway') return lines;
  const { linkName } = leaf.link;
  const host = isIPv6(broker.address) ? `[${broker.address}]` : broker.address;
  return [
    ...lines,
    `# For this link ${leaf.name} has to reach ${host} on 4143 (the gateway), 4191 (its probe) and 6443 (the API server).`,
    applied(
      leaf.name,
      `multicluster install --gateway=false --set 'controllers[0].link.ref.name=${linkName}'`,
    ),
    // The gateway Service of k3s carries the node's own address, often not the one that others reach.
    applied(
      broker.name,
      `multicluster link-gen --cluster-name ${linkName} --api-server-address https://${host}:6443 --gateway-addresses ${broker.addresses.join(',')}`,
      leaf.name,
    ),
    "# The gateway's first probe takes up to a minute; until then the check says that it failed.",
    linkerd(leaf.name, 'multicluster check'),
  ];
}
