import { run } from '../command.ts';
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

/** What `promtool check rules` finds wrong with groups of rules; nothing when they are well. */
export async function complaints(groups: readonly Group[]): Promise<string> {
  const argv = [needed('promtool'), 'check', 'rules', '--lint=all', '--lint-fatal'];
  const { code, stdout, stderr } = await run(argv, { stdin: JSON.stringify({ groups }), timeout: 60_000 });
  return code === 0 ? '' : `${stdout}${stderr}`;
}
