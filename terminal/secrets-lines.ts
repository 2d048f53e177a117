import { SECRETS_FOLDER } from '../model/names.ts';
import type { SecretsModel } from '../model/secrets.ts';
import { applyLine } from './kubectl.ts';

/**
 * The command that takes Secrets to a cluster; none where somebody else brings them.
 * @param folders - those of the cluster and its clients, as a command names them
 */
export function secretsLines(
  { kind }: SecretsModel,
  context: string,
  ...folders: readonly string[]
): string[] {
  if (kind === 'external') return [];
  if (kind === 'file') return [applyLine(context, ...folders)];
  const files = folders.map((folder) => `${folder}/${SECRETS_FOLDER}/*.sops.yaml`).join(' ');
  return [`for file in ${files}; do sops decrypt "$file" | ${applyLine(context, '-')}; done`];
}

/** What to do about a Secret that is missing or not the one that is issued. @param folders - as for `secretsLines` */
export function secretsRemedy(secrets: SecretsModel, context: string, ...folders: readonly string[]): string {
  const [line] = secretsLines(secrets, context, ...folders);
  if (line === undefined) return 'have your secret manager provide it';
  const git = secrets.kind === 'sops' ? 'commit what changed, for Flux, or ' : '';
  return `npm run synth, then ${git}${line}`;
}
