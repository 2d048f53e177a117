import { EACH, gaps, type Hop, isInClear, type Proof } from './hop.ts';
import type { Bundle } from './hop-groups.ts';

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

/** How the caller comes to the callee, in a few words. */
export function way(hop: Hop): string {
  const [first, ...others] = wayInFull(hop);
  if (first === undefined) return `port ${hop.to.port}`;
  return others.length > 0 ? `${first} or ${count(others.length, 'other')}` : first;
}

/** Every address that the caller dials, or where it comes in. */
export function wayInFull({ dials, exposure }: Hop): string[] {
  if (dials.length > 0) return dials.map((address) => address.replace('.svc.cluster.local', ''));
  return exposure ? [`${exposure.kind} ${exposure.port}`] : [];
}

/** What one side proves, in a few words. */
export const proofs = (proven: readonly Proof[]) =>
  proven.length > 0 ? proven.map(({ kind }) => kind).join(', ') : 'nothing';

/** Whose word it is in the end, in a few words. */
export function admittedBy(hop: Hop): string {
  if (gaps(hop).length > 0) return 'nothing admits it';
  const last = hop.admission.at(-1);
  return last?.kind === 'probe path' ? 'the probed paths only' : (last?.policies.join(', ') ?? '');
}

/** The caller, or how many there are. */
export const callerName = ({ hops, common: { from } }: Bundle) =>
  from.name === EACH ? count(hops.length, 'workload') : from.name;

export const title = (bundle: Bundle) =>
  `${bundle.hops.length > 1 ? `${count(bundle.hops.length, 'hop')}: ` : ''}${callerName(bundle)} to ${bundle.common.to.name}:${bundle.common.to.port}`;
