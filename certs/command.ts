import type { Topology } from '../model/topology.ts';
import type { AskPassphrase } from './open-key.ts';

/** What a command is called with. */
export interface CommandCall {
  readonly topology: Topology;
  readonly folder: string;
  /** The words after the command's name. */
  readonly args: readonly string[];
  /** How many days are soon. @default - that of the command */
  readonly days?: number;
  readonly json: boolean;
  /** The stage that the user says is applied everywhere. */
  readonly confirmed?: string;
  readonly askPassphrase: AskPassphrase;
}

/** A call that is not understood, which the usage answers. */
export class UsageError extends Error {}

export const print = (lines: readonly string[]) => console.log(lines.join('\n'));
