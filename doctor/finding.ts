/** How a finding weighs. `unknown` is what could not be looked at. */
export type Level = 'ok' | 'warning' | 'problem' | 'unknown';

/** What a check says: what it saw and, where that is not as it should be, why it matters and what to do. */
export type Verdict =
  | { readonly level: 'ok'; readonly what: string }
  | {
      readonly level: Exclude<Level, 'ok'>;
      readonly what: string;
      readonly why: string;
      readonly remedy: string;
    };

/** A verdict, with the cluster and the check that it comes from. */
export type Finding = { readonly cluster: string; readonly check: string } & Verdict;

const bad = (level: Exclude<Level, 'ok'>) => (what: string, why: string, remedy: string) =>
  ({ level, what, why, remedy }) as const;

export const ok = (what: string): Verdict => ({ level: 'ok', what });
export const warning = bad('warning');
export const problem = bad('problem');
export const unknown = bad('unknown');

/** The bad verdicts, or that all is well when there are none. */
export const orOk = (verdicts: readonly Verdict[], what: string): Verdict[] =>
  verdicts.length > 0 ? [...verdicts] : [ok(what)];
