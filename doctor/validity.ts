import type { X509Certificate } from 'node:crypto';
import { problem, type Verdict, warning } from './finding.ts';

const DAY = 86_400_000;

/** Days before its end from which a certificate is warned of; `linkerd check` uses the same. */
const SOON = 60;

/**
 * Nothing while a certificate is valid for long, and otherwise when it ends.
 * @param soon - days before its end from which it is warned of
 */
export function validity(
  what: string,
  certificate: X509Certificate,
  now: Date,
  remedy: string,
  soon = SOON,
): Verdict[] {
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  const why = 'whoever checks it refuses the connection, and connections that stand hide that';
  if (to <= now) return [problem(`${what} expired at ${to.toISOString()}`, why, remedy)];
  if (from > now) {
    return [problem(`${what} is not valid before ${from.toISOString()}`, why, 'set the clocks right')];
  }
  if (to.getTime() - now.getTime() > soon * DAY) return [];
  return [warning(`${what} ends at ${to.toISOString()}`, `after that, ${why}`, remedy)];
}
