import type { Bundle } from './bundles.ts';
import { EACH, type Encryption, gaps, type Hop, isInClear, type Proof } from './hop.ts';
import type { KnownUser } from './workloads.ts';

/** A whole number with its thousands set apart. Intl would do it too, and take 20 ms to load. */
const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

export const count = (n: number, one: string, many = `${one}s`) => `${grouped(n)} ${n === 1 ? one : many}`;

/** Some of a list, and how many more there are. */
export const some = (items: readonly string[], most: number) =>
  items.length > most
    ? `${items.slice(0, most).join(', ')} and ${grouped(items.length - most)} more`
    : items.join(', ');

/** Who encrypts, in a few words. */
export function encryption(hop: Hop): string {
  if (isInClear(hop)) return 'Nobody encrypts';
  if (hop.encryptedBy.length === 0) return 'In clear, within the node';
  return hop.encryptedBy.length > 1 ? 'Linkerd and NATS encrypt' : `${hop.encryptedBy[0]} encrypts`;
}

const LAYERS: Record<Encryption, string> = {
  Linkerd: 'Linkerd, proxy to proxy with mutual TLS',
  NATS: 'NATS itself, end to end with mutual TLS',
};

/** Who encrypts, in full. */
export function encryptionInFull(hop: Hop): string[] {
  if (isInClear(hop)) {
    const seen = hop.users.length > 0 ? 'every message and the password' : 'everything';
    return [`Nobody. Whoever listens on the way reads ${seen}.`];
  }
  if (hop.kind === 'probe') return ['Nobody. It does not leave the node.'];
  return hop.encryptedBy.map((layer) =>
    layer === 'Linkerd' && hop.gateway
      ? 'Linkerd with mutual TLS, to its gateway and from there to the broker'
      : LAYERS[layer],
  );
}

/** How the caller comes to the callee, in a few words. */
export function way(hop: Hop): string {
  const [first, ...others] = wayInFull(hop);
  if (first === undefined) return `port ${hop.to.port}`;
  return others.length > 0 ? `${first} or ${count(others.length, 'other')}` : first;
}

/** Every address that the caller dials, or where it comes in. */
export function wayInFull({ dials, opening }: Hop): string[] {
  if (dials.length > 0) return dials.map((address) => address.replace('.svc.cluster.local', ''));
  return opening ? [`${opening.kind} ${opening.port}`] : [];
}

/** What one side proves, in a few words. */
export const proofs = (proven: readonly Proof[]) =>
  proven.length > 0 ? proven.map(({ kind }) => kind).join(', ') : 'nothing';

/** What one side proves, in full. */
export const proofsInFull = (proven: readonly Proof[], hop: Hop): string[] =>
  proven.length > 0 ? proven.map((proof) => proofInFull(proof, hop)) : ['nothing'];

function proofInFull(proof: Proof, { users }: Hop): string {
  if (proof.kind === 'identity') return `service account ${proof.identity.namespace}/${proof.identity.name}`;
  if (proof.kind === 'address') return `an address of ${some(proof.networks, 6)}`;
  if (proof.kind === 'certificate') return 'a certificate of the NATS CA';
  return `the password of ${users.map(({ name }) => name).join(' or ')}`;
}

/** Whose word it is in the end, in a few words. */
export function admittedBy(hop: Hop): string {
  if (gaps(hop).length > 0) return 'nothing admits it';
  const last = hop.admission.at(-1);
  return last?.kind === 'probe path' ? 'the probed paths only' : (last?.policies.join(', ') ?? '');
}

/** Every policy that a hop passes, and what it may do then. */
export function admissionInFull(hop: Hop): string[] {
  const passed = hop.admission.map(({ kind, layer, cluster, policies }) => {
    if (policies.length === 0) return `Nothing (${layer}, ${cluster})`;
    if (kind === 'probe path') return `Linkerd: GET ${policies.join(', ')}`;
    return `${kind} ${policies.join(', ')} (${cluster === EACH ? 'each cluster' : cluster})`;
  });
  return [...passed, ...hop.users.map(permissions)];
}

function permissions({ name, publish, subscribe }: KnownUser): string {
  const may = [
    ...(publish.length > 0 ? [`publishes ${publish.join(', ')}`] : []),
    ...(subscribe.length > 0 ? [`subscribes to ${subscribe.join(', ')}`] : []),
  ];
  return `NATS user ${name}: ${may.join('; ') || 'may do nothing'}`;
}

/** The caller, or how many there are. */
export const callerName = ({ hops, common: { from } }: Bundle) =>
  from.name === EACH ? count(hops.length, 'workload') : from.name;

/** Where a party is, or in how many clusters it is. */
export function place(clusters: readonly (string | undefined)[]): string {
  const different = new Set(clusters);
  const [first] = different;
  return different.size > 1 ? `in ${count(different.size, 'cluster')}` : (first ?? 'outside every cluster');
}

export const title = (bundle: Bundle) =>
  `${bundle.hops.length > 1 ? `${count(bundle.hops.length, 'hop')}: ` : ''}${callerName(bundle)} to ${bundle.common.to.name}:${bundle.common.to.port}`;
