import { unknown, type Verdict } from './finding.ts';
import { Forbidden } from './kube.ts';

/** What a check says, or why it could not say anything: one that fails takes no other along. */
export async function attempt(check: () => Promise<Verdict[]>): Promise<Verdict[]> {
  try {
    return await check();
  } catch (error) {
    return [inability(error)];
  }
}

function inability(error: unknown): Verdict {
  const what = error instanceof Error ? error.message : String(error);
  const why = 'this could not be looked at';
  if (error instanceof Forbidden) {
    const { verb, resource } = error;
    return unknown(
      what,
      why,
      `grant ${verb} on ${resource}; docs/doctor.md has a ClusterRole with all that is needed`,
    );
  }
  return unknown(what, why, 'look at what the other checks say first, then run this again');
}
