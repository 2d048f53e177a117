import type { Bundle, Region } from '../hop-groups.ts';
import { monoWidth } from './text.ts';

/** A vertical line to a broker, which the links of leaves join that come to it in the same way. */
export interface Lane {
  readonly key: string;
  /** Name of the broker's cluster. */
  readonly broker: string;
  /** The room that it takes, in CSS pixels. */
  readonly width: number;
  /** Whether it passes a gateway, whose name then fits into its room. */
  readonly gateway: boolean;
}

/** What a lane takes at least, and what stays free beside the box of a gateway, in CSS pixels. */
export const WIDTH = 44;
export const GATEWAYS_APART = 14;

/** Links that look alike and end at the same port share a lane. */
export function laneKey({ common }: Bundle): string {
  const { to, gateway, encryptedBy, admission } = common;
  const gaps = admission.some(({ policies }) => policies.length === 0);
  return JSON.stringify([to, gateway, encryptedBy, gaps]);
}

/** Every lane from right to left: those of the uppermost broker come first, and so pass the others on their right. */
export function lanes(brokers: readonly Region[], leaves: readonly Region[]): Lane[] {
  const all = new Map<string, Lane>();
  for (const link of leaves.flatMap(({ links }) => links)) {
    const { to, gateway } = link.common;
    const width = gateway ? Math.ceil(monoWidth(gateway.name) + 12) + GATEWAYS_APART : WIDTH;
    const key = laneKey(link);
    all.set(key, { key, broker: to.cluster, width, gateway: gateway !== undefined });
  }
  const order = new Map(brokers.map(({ clusters }, i) => [clusters[0]?.name, i]));
  return [...all.values()].sort((a, b) => (order.get(a.broker) ?? 0) - (order.get(b.broker) ?? 0));
}
