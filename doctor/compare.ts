import type { KubeObject } from '../kube/kube-client.ts';
import { bytes, millicpu } from '../model/quantities.ts';

/** Where an object differs, and whether it has what was never applied, which `kubectl apply` therefore leaves alone. */
export interface Difference {
  readonly path: string;
  readonly added: boolean;
}

/**
 * The places at which an object of the cluster differs from what was applied. The server fills in defaults, so that
 * only what was written counts.
 * @param exact whether what was not written counts too, as in a policy, where a field more can admit somebody
 */
export function differences(wanted: KubeObject, live: KubeObject, exact: boolean): Difference[] {
  const { apiVersion: _, kind: __, metadata, ...content } = wanted;
  const { apiVersion: ___, kind: ____, metadata: liveMetadata, status: _____, ...liveContent } = live;
  return [
    ...within('metadata.labels', metadata.labels ?? {}, liveMetadata.labels ?? {}, false),
    ...within('metadata.annotations', metadata.annotations ?? {}, liveMetadata.annotations ?? {}, false),
    ...Object.keys(exact ? { ...content, ...liveContent } : content).flatMap((key) =>
      within(key, content[key], liveContent[key], exact),
    ),
  ];
}

function within(path: string, wanted: unknown, live: unknown, exact: boolean): Difference[] {
  if (Array.isArray(wanted) && Array.isArray(live)) {
    if (wanted.length !== live.length) return [{ path, added: false }];
    return wanted.flatMap((value, i) => within(`${path}[${i}]`, value, live[i], exact));
  }
  if (isObject(wanted) && isObject(live)) {
    const keys = Object.keys(exact ? { ...wanted, ...live } : wanted);
    return keys.flatMap((key) => within(`${path}.${key}`, wanted[key], live[key], exact));
  }
  return same(wanted, live) ? [] : [{ path, added: wanted === undefined }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function same(wanted: unknown, live: unknown): boolean {
  if (wanted === live) return true;
  // The server leaves out what says nothing.
  if (live === undefined) return wanted === undefined || wanted === false || wanted === '' || isEmpty(wanted);
  return isQuantity(wanted) && isQuantity(live) && amount(wanted) === amount(live);
}

const isEmpty = (value: unknown) => typeof value === 'object' && Object.keys(value ?? {}).length === 0;

/** CPU and memory, which the server writes its own way: 1000m is 1, and 1024Mi is 1Gi. */
const isQuantity = (value: unknown): value is string => /^\d+(m|[KMGT]i)?$/.test(String(value));

const amount = (quantity: string) =>
  String(quantity).endsWith('i') ? bytes(quantity) * 1000 : millicpu(String(quantity));
