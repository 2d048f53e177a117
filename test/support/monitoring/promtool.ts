import { run } from '../command.ts';
import type { KubeObject } from '../manifest.ts';
import { needed } from '../parts.ts';

/** A group of rules, as Prometheus reads it. */
export interface Group {
  readonly name: string;
  readonly rules: readonly {
    readonly alert?: string;
    readonly record?: string;
    readonly expr: string;
    readonly for?: string;
  }[];
}

/** The groups of the rules that are among some objects. */
export const groupsIn = (objects: readonly KubeObject[]): Group[] =>
  objects
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap(({ spec }) => (spec as { groups: Group[] }).groups);

/** What `promtool check rules` finds wrong with groups of rules; nothing when they are well. */
export async function complaints(groups: readonly Group[]): Promise<string> {
  const argv = [needed('promtool'), 'check', 'rules', '--lint=all', '--lint-fatal'];
  const { code, stdout, stderr } = await run(argv, { stdin: JSON.stringify({ groups }), timeout: 60_000 });
  return code === 0 ? '' : `${stdout}${stderr}`;
}
