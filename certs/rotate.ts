/** Renews certificates and passwords that have no stages: whoever holds the old ones takes the new ones over. */
import { refuse, shown } from '../model/checks.ts';
import type { Model } from '../model/model.ts';
import { certificateName, LEAF, NATS_ISSUER } from '../model/names.ts';
import { serverCertificates } from '../model/sites.ts';
import { renewLine } from '../terminal/renew-line.ts';
import { credentialPlan, userPasswords } from './plan.ts';
import { type Finding, type Inventory, refuseFindings } from './store/inventory.ts';
import { type ChangeOptions, changeSet, DAY } from './store/transaction.ts';

/** Names of what is to be minted anew. */
export interface Renewal {
  readonly certificates?: readonly string[];
  readonly passwords?: readonly string[];
}

/**
 * What `rotate <part> <name>` means.
 * @throws InvalidInput when the topology has no such part
 */
export function renewalOf(model: Model, part: string, name: string): Renewal {
  const { certificates } = credentialPlan(model);
  const { broker, sites, clusters, leaves } = model;
  const planned = new Set(certificates.map((one) => one.name));
  /** Those of them that are minted here; where all are made by cert-manager, there is nothing to do here. */
  const minted = (all: readonly string[], cluster: string): Renewal => {
    const here = all.filter((one) => planned.has(one));
    if (all.length > 0 && here.length === 0)
      refuse(
        { owner: 'certs', property: part },
        `cert-manager makes ${all.join(', ')} and renews it by itself; to have all of ${cluster} renewed now: ${renewLine(cluster, model.namespace)}`,
      );
    return { certificates: here };
  };
  if (part === 'password') return { passwords: [requireKnown(part, name, userPasswords(model))] };
  if (part === 'issuer') {
    requireKnown(part, name, names(clusters));
    return { certificates: [clusters.find((cluster) => cluster.name === name)!.issuer] };
  }
  if (part === NATS_ISSUER) {
    const signing = clusters.filter(({ name: cluster }) =>
      planned.has(certificateName(cluster, NATS_ISSUER)),
    );
    return { certificates: [certificateName(requireKnown(part, name, names(signing)), NATS_ISSUER)] };
  }
  if (part === 'leaf') {
    const dialling = leaves.filter(({ certificate }) => certificate !== undefined);
    return minted([certificateName(requireKnown(part, name, names(dialling)), LEAF)], name);
  }
  if (part === 'client') {
    const prefix = certificateName(broker.name, '');
    const ofBroker = broker.users.flatMap(({ kind, certificate }) =>
      kind === 'leaf' || certificate === undefined
        ? []
        : [[certificate.slice(prefix.length), certificate] as const],
    );
    // Leaves may have devices of one name, and sites clients. As the password, each is known by its cluster too.
    const others = [...sites.slice(1), ...leaves].flatMap(({ users }) =>
      users.flatMap(({ kind, certificate, password }) =>
        kind === 'leaf' || certificate === undefined ? [] : [[password, certificate] as const],
      ),
    );
    const clients = new Map([...ofBroker, ...others]);
    return minted([clients.get(requireKnown(part, name, [...clients.keys()]))!], broker.name);
  }
  const shown = [
    ...sites.flatMap(serverCertificates),
    ...leaves.flatMap(({ mqtt }) => mqtt?.certificate ?? []),
  ];
  return minted(shown, broker.name);
}

const names = (clusters: readonly { readonly name: string }[]) => clusters.map(({ name }) => name);

/** Refuses a name that is not among those there are. */
export function requireKnown(part: string, name: string, all: readonly string[]): string {
  if (all.includes(name)) return name;
  const some = all.slice(0, 5).join(', ') || 'another command, because there are none';
  return refuse({ owner: 'certs', property: part }, `${shown(name)} is not in the topology; use ${some}`);
}

/** Whether a finding is about one half of a certificate. */
const isAbout = (certificates: readonly string[], { file }: Finding) =>
  certificates.some((name) => [`${name}.crt`, `${name}.key`].includes(file));

/** The inventory without what is to be renewed. @throws InvalidInput when that takes stages */
function renewed(inventory: Inventory, renewal: Renewal, folder: string): Inventory {
  const { certificates = [] } = renewal;
  refuseFindings(
    { findings: inventory.findings.filter((one) => one.staged && isAbout(certificates, one)) },
    folder,
  );
  return without(inventory, renewal);
}

/** The inventory without what is to be renewed, so that it counts as missing. That it is spoilt is no obstacle then. */
export function without(inventory: Inventory, { certificates = [], passwords = [] }: Renewal): Inventory {
  const keep = <Value>(all: Iterable<readonly [string, Value]>, dropped: readonly string[]) => {
    const gone = new Set(dropped);
    return [...all].filter(([name]) => !gone.has(name));
  };
  return {
    ...inventory,
    findings: inventory.findings.filter((one) => !isAbout(certificates, one)),
    issued: new Map(keep(inventory.issued, certificates)),
    outdated: new Map(keep(inventory.outdated, certificates)),
    passwords: Object.fromEntries(keep(Object.entries(inventory.passwords), passwords)),
  };
}

/**
 * Renews every certificate that has expired, ends within some days or is not valid yet, as those are that were made while
 * the clock was ahead, all at once, and mints whatever else is missing.
 * @returns the names of what was renewed, those of the roots that end as well, which are replaced in stages, and the
 * inventory afterwards
 * @throws InvalidInput as `mint` does, and when a root has expired
 */
export function renewExpiring(model: Model, folder: string, days: number, options: ChangeOptions = {}) {
  const plan = credentialPlan(model);
  const ends = (options.now ?? new Date()).getTime() + days * DAY;
  const due = { certificates: [] as string[], roots: [] as string[] };
  const { after } = changeSet(plan, folder, options, (inventory) => {
    for (const { name, signer } of plan.certificates) {
      const { validTo } = inventory.issued.get(name)?.certificate ?? {};
      if (inventory.untimely.has(name) || (validTo && Date.parse(validTo) < ends))
        due[signer ? 'certificates' : 'roots'].push(name);
    }
    return { inventory: renewed(inventory, due, folder) };
  });
  return { ...due, inventory: after };
}

/**
 * Mints new keys, certificates and passwords for what is named, and whatever else is missing.
 * @returns the inventory afterwards
 * @throws InvalidInput as `mint` does
 */
export function renew(
  model: Model,
  folder: string,
  renewal: Renewal,
  options: ChangeOptions = {},
): Inventory {
  const edit = (inventory: Inventory) => ({ inventory: renewed(inventory, renewal, folder) });
  return changeSet(credentialPlan(model), folder, options, edit).after;
}
