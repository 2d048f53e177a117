import { imagesModel } from './images.ts';
import type { Model } from './model.ts';
import { DEFAULT_NAMESPACE } from './names.ts';
import { resolveLeaf } from './resolve-cluster.ts';
import { resolveSites } from './resolve-sites.ts';
import { checkCertificates } from './rules/check-certificates.ts';
import { checkTopology } from './rules/check-topology.ts';
import { parseTopology } from './schema/topology-schema.ts';
import { secretsModel } from './secrets.ts';

/**
 * Checks all that `topology.ts` says and makes every choice that it leaves open.
 * @throws InvalidInput with one message that names the property, its value and what to write instead
 */
export function resolve(topology: unknown): Model {
  const parsed = parseTopology(topology);
  checkTopology(parsed);
  const sites = resolveSites(parsed);
  const broker = sites[0]!;
  const leaves = parsed.leafClusters.map((leaf, i) => resolveLeaf(leaf, broker, `leafClusters[${i}]`));
  const model = {
    clusters: [...sites, ...leaves],
    broker,
    sites,
    leaves,
    namespace: parsed.namespace ?? DEFAULT_NAMESPACE,
    secrets: secretsModel(parsed.secrets),
    accessPolicy: parsed.accessPolicy ?? 'deny',
    ipv6: parsed.ipv6 ?? false,
    images: imagesModel(parsed.images),
    customize: parsed.customize,
  };
  checkCertificates(model);
  return model;
}
