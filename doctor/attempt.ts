import { Forbidden } from '../kube/kube-client.ts';
import { unknown, type Verdict } from './finding.ts';

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
    // A path is nothing that a rule about resources could name.
    const remedy = resource.startsWith('/')
      ? 'bind the ClusterRole system:discovery, which everybody who is signed in has by default'
      : `grant ${verb} on ${resource}; docs/doctor.md has a ClusterRole with all that is needed`;
    return unknown(what, why, remedy);
  }
  return unknown(what, why, 'look at what the other checks say first, then run this again');
}
