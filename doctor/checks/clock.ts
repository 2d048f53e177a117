import type { ClockOffset } from '../../kube/kube-client.ts';
import { type Finding, ok, problem, unknown, type Verdict } from '../finding.ts';

/** What Linkerd allows for when it dates a certificate (`identity.issuer.clockSkewAllowance`), in milliseconds. */
const ALLOWED = 20_000;

/** A cluster, and how far its clock is ahead of this machine's. */
export interface Clock {
  readonly cluster: string;
  readonly offset: ClockOffset;
}

/** Whether the clocks agree with this machine's and among each other. */
export const clocks = (all: readonly Clock[]): Finding[] =>
  all.flatMap(({ cluster, offset }, i) => {
    const here = apart(offset, "this machine's");
    const others = all.slice(0, i).flatMap((other) => {
      const { least, most } = other.offset;
      return apart({ least: offset.least - most, most: offset.most - least }, `${other.cluster}'s`);
    });
    const bad = [...here, ...others];
    const verdicts = bad.length > 0 ? bad : [ok('its clock agrees')];
    return verdicts.map((verdict) => ({ cluster, check: 'clock', ...verdict }));
  });

/** Nothing, unless the clocks are certainly further apart than they may be. */
function apart({ least, most }: ClockOffset, whose: string): Verdict[] {
  if (Number.isNaN(least)) {
    const why = 'certificates that one machine makes may not be valid yet for another';
    return [
      unknown(`its API server does not tell the time`, why, 'compare its clock with this machine by hand'),
    ];
  }
  const certain = Math.max(least, -most);
  if (certain <= ALLOWED) return [];
  const seconds = Math.round(Math.abs(least + most) / 2000);
  return [
    problem(
      `its clock is ${seconds} s ${least > 0 ? 'ahead of' : 'behind'} ${whose}`,
      `certificates that one of them makes are not valid yet, or no more, for the other; Linkerd allows ${ALLOWED / 1000} s`,
      'have both take the time from NTP, for example with chrony',
    ),
  ];
}
