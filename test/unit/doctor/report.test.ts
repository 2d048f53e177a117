import { expect, it } from 'vitest';
import { type Finding, ok, problem, unknown, warning } from '../../../doctor/finding.ts';
import { asJson, asText, count, exitCode } from '../../../doctor/report.ts';

const of = (cluster: string, check: string, verdict: ReturnType<typeof ok>): Finding => ({
  cluster,
  check,
  ...verdict,
});
const findings = [
  of('vm-a', 'pods', ok('2 pods')),
  of('vm-b', 'gateway api', warning('it is old', 'because', 'renew it')),
  of('vm-a', 'message', unknown('may not look', 'because', 'grant it')),
  of('vm-b', 'pods', problem('one is gone', 'nobody answers', 'bring it back')),
];

it('puts the findings under their clusters, with why it matters and what to do', () => {
  expect(asText(findings)).toBe(`vm-a
  ok       pods         2 pods
  unknown  message      may not look
                        why: because
                        do:  grant it

vm-b
  warning  gateway api  it is old
                        why: because
                        do:  renew it
  problem  pods         one is gone
                        why: nobody answers
                        do:  bring it back

problems: 1, warnings: 1, not looked at: 1`);
});

it('gives programs every finding, and how many there are of each level', () => {
  expect(JSON.parse(asJson(findings))).toEqual({
    findings,
    counts: { ok: 1, warning: 1, problem: 1, unknown: 1 },
  });
});

it.each([
  [0, [0, 1]],
  [1, [0, 1, 2, 3]],
  [3, [0, 1, 2]],
])('exits with %d after the findings %j', (code, chosen) => {
  expect(exitCode(count(chosen.map((i) => findings[i]!)))).toBe(code);
});
