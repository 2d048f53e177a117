/** Renews certificates and passwords that have no stages: whoever holds the old ones takes the new ones over. */
import { refuse, shown } from '../model/checks.ts';
import { certificateName, LEAF } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { type ChangeOptions, changeSet, DAY } from './change.ts';
import type { Inventory } from './check.ts';
import { credentialPlan, type Role } from './plan.ts';

/** Names of what is to be minted anew. */
export interface Renewal {
  readonly certificates?: readonly string[];
  readonly passwords?: readonly string[];
}

/**
 * What `rotate <part> <name>` means.
 * @throws InvalidInput when the topology has no such part
 */
export function renewalOf(topology: Topology, part: string, name: string): Renewal {
  const { certificates, passwords } = credentialPlan(topology);
  const { brokerCluster, leafClusters } = topology;
  if (part === 'password') return { passwords: [known(part, name, passwords)] };
  const named = (role: Role) => certificates.filter((one) => one.role === role).map((one) => one.name);
  if (part === 'issuer') {
    const clusters = [brokerCluster, ...leafClusters];
    known(part, name, names(clusters));
    return { certificates: [clusters.find((cluster) => cluster.name === name)!.issuer] };
  }
  if (part === 'leaf') {
    const dialling = leafClusters.filter((leaf) => named('leaf').includes(certificateName(leaf.name, LEAF)));
    return { certificates: [certificateName(known(part, name, names(dialling)), LEAF)] };
  }
  if (part === 'client') {
    const prefix = certificateName(brokerCluster.name, '');
    const clients = named('client').map((client) => client.slice(prefix.length));
    return { certificates: [certificateName(brokerCluster.name, known(part, name, clients))] };
  }
  return { certificates: named('server') };
}

const names = (clusters: readonly { readonly name: string }[]) => clusters.map(({ name }) => name);

/** Refuses a name that is not among those there are. */
export function known(part: string, name: string, all: readonly string[]): string {
  if (all.includes(name)) return name;
  const some = all.slice(0, 5).join(', ') || 'another command, because there are none';
  return refuse({ owner: 'certs', property: part }, `${shown(name)} is not in the topology; use ${some}`);
}

/** The stock without what is to be renewed, so that it counts as missing. That it is spoilt is no obstacle then. */
export function without(stock: Inventory, { certificates = [], passwords = [] }: Renewal): Inventory {
  const keep = <Value>(all: Iterable<readonly [string, Value]>, dropped: readonly string[]) => {
    const gone = new Set(dropped);
    return [...all].filter(([name]) => !gone.has(name));
  };
  const files = certificates.flatMap((name) => [`${name}.crt`, `${name}.key`]);
  return {
    ...stock,
    findings: stock.findings.filter(({ file }) => !files.includes(file)),
    issued: new Map(keep(stock.issued, certificates)),
    outdated: new Map(keep(stock.outdated, certificates)),
    passwords: Object.fromEntries(keep(Object.entries(stock.passwords), passwords)),
  };
}

/**
 * Renews every certificate that has expired or ends within some days, all at once, and mints whatever else is missing.
 * @returns the names of what was renewed, those of the roots that end as well, which are replaced in stages, and the
 * stock afterwards
 * @throws InvalidInput as `mint` does, and when a root has expired
 */
export function renewExpiring(topology: Topology, folder: string, days: number, options: ChangeOptions = {}) {
  const plan = credentialPlan(topology);
  const ends = (options.now ?? new Date()).getTime() + days * DAY;
  const due = { certificates: [] as string[], roots: [] as string[] };
  const { after } = changeSet(plan, folder, options, (stock) => {
    for (const { name, signer } of plan.certificates) {
      const { validTo } = stock.expired.get(name) ?? stock.issued.get(name)?.certificate ?? {};
      if (validTo && Date.parse(validTo) < ends) due[signer ? 'certificates' : 'roots'].push(name);
    }
    return { stock: without(stock, due) };
  });
  return { ...due, stock: after };
}

/**
 * Mints new keys, certificates and passwords for what is named, and whatever else is missing.
 * @returns the stock afterwards
 * @throws InvalidInput as `mint` does
 */
export function renew(
  topology: Topology,
  folder: string,
  renewal: Renewal,
  options: ChangeOptions = {},
): Inventory {
  const edit = (stock: Inventory) => ({ stock: without(stock, renewal) });
  return changeSet(credentialPlan(topology), folder, options, edit).after;
}
