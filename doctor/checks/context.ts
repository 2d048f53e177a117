import { Buffer } from 'node:buffer';
import { parseCertificate } from '../../certs/x509/read-certificate.ts';
import { LINKERD } from '../../constructs/mesh/linkerd.ts';
import { listed } from '../../kube/choose-clusters.ts';
import type { KubeObject } from '../../kube/kube-client.ts';
import type { ClusterModel } from '../../model/model.ts';
import { serverName } from '../../model/names.ts';
import { problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

/** What a context leads to. */
export interface Recognised {
  /** Whose issuer Linkerd signs with, where it is one of the topology's. */
  readonly issuer: string | undefined;
  /** Clusters of the topology whose servers are here. */
  readonly servers: readonly string[];
}

/**
 * Why a context is the wrong one, or the only one for several clusters; nothing when it seems right. Whatever the other
 * checks say of another cluster is true of that one, and what they advise would destroy it.
 * @param all clusters of the topology
 * @param sharing other clusters that are looked at by the same context
 */
export async function misdirection(
  target: Target,
  all: readonly ClusterModel[],
  sharing: readonly string[],
): Promise<Verdict | undefined> {
  return judgeContext(await recognise(target, all), target, sharing);
}

async function recognise(
  { kube, wanted, issued }: Target,
  all: readonly ClusterModel[],
): Promise<Recognised> {
  // Who may not look here learns of it from the checks.
  const unseen = () => undefined;
  const [secret, sets] = await Promise.all([
    kube.read('v1', 'Secret', 'linkerd-identity-issuer', LINKERD).catch(unseen),
    kube.list('apps/v1', 'StatefulSet', wanted.namespace).catch(unseen),
  ]);
  const data = secret?.data?.['crt.pem'] ?? secret?.data?.['tls.crt'] ?? '';
  const live = parseCertificate(Buffer.from(data, 'base64').toString())?.fingerprint256;
  const fingerprint = ({ issuer }: ClusterModel) =>
    issued?.inventory.issued.get(issuer)?.certificate?.fingerprint256;
  const named = new Set((sets ?? []).flatMap(serverNames));
  return {
    issuer: live && all.find((cluster) => fingerprint(cluster) === live)?.name,
    servers: all.filter(({ name }) => named.has(serverName(name))).map(({ name }) => name),
  };
}

const serverNames = ({ spec }: KubeObject): string[] =>
  spec.template.spec.containers.flatMap(({ env }: { env?: { name: string; value?: string }[] }) =>
    (env ?? []).flatMap(({ name, value }) => (name === 'SERVER_NAME' && value ? [value] : [])),
  );

/** What `misdirection` says of what was recognised. */
export function judgeContext(
  { issuer, servers }: Recognised,
  { name, context }: Pick<Target, 'name' | 'context'>,
  sharing: readonly string[],
): Verdict | undefined {
  const others = servers.filter((each) => each !== name);
  const apart =
    'give each cluster of the topology a Kubernetes cluster of its own, such as two of k3d, and a context';
  if (servers.includes(name) && others.length > 0) {
    return problem(
      `context ${context} is of ${[name, ...others].join(' and ')} at once`,
      'their objects have the same names and labels, so that each overwrites or shuts out what the other needs',
      apart,
    );
  }
  const other = issuer ?? others[0];
  if (other !== undefined && other !== name) {
    return problem(
      `context ${context} is cluster ${other}, not ${name}`,
      'nothing more was looked at: what would be said of it, and done about it, is meant for another cluster',
      `write --context ${name}=<the context of ${name}>`,
    );
  }
  if (sharing.length === 0 || other === name || servers.includes(name)) return undefined;
  return problem(
    `context ${context} is said to be ${name} and also ${listed(sharing)}`,
    'one cluster cannot be both',
    `write --context ${name}=<the context of ${name}>; ${apart}`,
  );
}
