import type { AttackScene, Sight } from './scene.ts';

/** Where something is tried; the last one is what a leaf dials. */
export type Listener = 'broker, clients' | 'broker, leaves' | 'leaf, clients' | 'leaf, its broker';

/** An attack or a legitimate use, and what is expected of it. */
export interface Row {
  readonly at: Listener;
  readonly who: string;
  readonly does: string;
  readonly admitted: boolean;
  /** What the attacker hears, or what an impostor hears of a leaf. */
  readonly told?: RegExp;
  /** What the server logs. */
  readonly logged?: RegExp;
  readonly act: (scene: AttackScene) => Promise<Sight>;
}

export const titleOf = ({ at, who, does }: Row) => `${at}: ${who} ${does}`;

/** What the broker and a leaf log when name and password do not fit. */
export const refused = (user: string) => new RegExp(`authentication error - User "${user}"`);

/** Does something again and again until somebody else has seen what he waits for. */
export async function repeatUntil(sight: Promise<Sight>, work: () => Promise<unknown>): Promise<Sight> {
  let done = false;
  const end = sight.finally(() => (done = true));
  while (!done) await work();
  return end;
}
