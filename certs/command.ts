import type { Model } from '../model/model.ts';
import type { AskPassphrase } from './x509/private-key.ts';

/** What a command is called with. */
export interface CommandCall {
  readonly model: Model;
  readonly folder: string;
  /** What the command is about: a cluster, client, user, certificate or file. Empty where it is about nothing. */
  readonly word: string;
  /** How many days are soon. @default - that of the command */
  readonly days?: number;
  readonly json: boolean;
  /** Whether the clusters are asked too. @default false */
  readonly live?: boolean;
  /** Contexts of those clusters, as `<cluster>=<context>`. @default - each is called as its cluster */
  readonly contexts?: readonly string[];
  /** Folder for what is written. @default - that of the command */
  readonly output?: string;
  /** The stage that the user says is applied everywhere. */
  readonly confirmed?: string;
  readonly askPassphrase: AskPassphrase;
}

export const print = (lines: readonly string[]) => console.log(lines.join('\n'));
