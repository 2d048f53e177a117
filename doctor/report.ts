import { green, red, yellow } from '../terminal/colour.ts';
import type { Finding, Level } from './finding.ts';

/** Exit codes, for scripts. The command exits with 2 when the call cannot be carried out. */
export const HEALTHY = 0;
export const ILL = 1;
/** No problem was found, but something could not be looked at. */
export const UNCERTAIN = 3;

export type Counts = Readonly<Record<Level, number>>;

export const count = (findings: readonly Finding[]): Counts => {
  const of = (level: Level) => findings.filter((finding) => finding.level === level).length;
  return { ok: of('ok'), warning: of('warning'), problem: of('problem'), unknown: of('unknown') };
};

export function exitCode(counts: Counts): number {
  if (counts.problem > 0) return ILL;
  return counts.unknown > 0 ? UNCERTAIN : HEALTHY;
}

/** One object with every finding, for programs. */
export const asJson = (findings: readonly Finding[]): string =>
  JSON.stringify({ findings, counts: count(findings) }, undefined, 2);

const COLOUR = { ok: green, warning: yellow, problem: red, unknown: yellow };

/** The findings under their clusters, for people. */
export function asText(findings: readonly Finding[]): string {
  const clusters = [...new Set(findings.map(({ cluster }) => cluster))];
  const width = Math.max(...findings.map(({ check }) => check.length));
  const blocks = clusters.map((cluster) => {
    const own = findings.filter((finding) => finding.cluster === cluster);
    return [cluster, ...own.flatMap((finding) => lines(finding, width)), ''].join('\n');
  });
  return [...blocks, summary(count(findings))].join('\n');
}

function lines(finding: Finding, width: number): string[] {
  const { level, check, what } = finding;
  const head = `  ${COLOUR[level](level.padEnd(7))}  ${check.padEnd(width)}  ${what}`;
  if (finding.level === 'ok') return [head];
  const indent = ' '.repeat(width + 13);
  return [head, `${indent}why: ${finding.why}`, `${indent}do:  ${finding.remedy}`];
}

const summary = ({ problem, warning, unknown }: Counts) =>
  `problems: ${problem}, warnings: ${warning}, not looked at: ${unknown}`;
