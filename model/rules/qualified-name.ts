/**
 * Names as Kubernetes takes them.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */

/** A DNS subdomain, which most objects may be called. */
export const isSubdomain = (value: unknown) =>
  typeof value === 'string' &&
  value.length <= 253 &&
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(value);

/** A DNS label, which namespaces are called. It may be longer than the names that we make others from. */
export const isLabel = (value: unknown) =>
  typeof value === 'string' && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);

/** The last part of a qualified name, and the value of a label. */
export const isNamePart = (value: unknown) =>
  typeof value === 'string' && /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(value);

/** A name with an optional domain before it, as labels, annotations and classes of load balancers have it. */
export function isQualifiedName(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [name = '', prefix, ...rest] = value.split('/').reverse();
  return isNamePart(name) && (prefix === undefined || isSubdomain(prefix)) && rest.length === 0;
}

/** Whether a name has this domain, or one below it, before its slash. */
export function isOf(domain: string, key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  return prefix === domain || prefix.endsWith(`.${domain}`);
}
