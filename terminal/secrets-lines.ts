import { RECOMMENDED_LABELS, SECRETS_FOLDER } from '../model/names.ts';
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
  switch (kind) {
    case 'file':
      return [applyLine(context, ...folders)];
    case 'sops': {
      const files = folders.map((folder) => `${folder}/${SECRETS_FOLDER}/*.sops.yaml`).join(' ');
      return [`for file in ${files}; do sops decrypt "$file" | ${applyLine(context, '-')}; done`];
    }
    case 'external-secrets':
      // The operator asks the store whenever an annotation changes.
      return [
        `kubectl --context ${context} annotate externalsecrets -A -l ${RECOMMENDED_LABELS.partOf}=nats-mtls --overwrite nats-mtls/asked="$(date +%s)"`,
      ];
    case 'external':
      return [];
  }
}

/** What to do about a Secret that is missing or not the one that is issued. @param folders - as for `secretsLines` */
export function secretsRemedy(secrets: SecretsModel, context: string, ...folders: readonly string[]): string {
  const [line] = secretsLines(secrets, context, ...folders);
  switch (secrets.kind) {
    case 'file':
      return `npm run synth, then ${line}`;
    case 'sops':
      return `npm run synth, then commit what changed, for Flux, or ${line}`;
    case 'external-secrets':
      return `npm run certs -- export, put what changed into the store, then ${line}`;
    case 'external':
      return 'npm run certs -- export, and have your secret manager provide it';
  }
}

/** Whether a secret manager has the Secrets, and synth writes none. */
export const providedByOthers = ({ kind }: SecretsModel) =>
  kind === 'external' || kind === 'external-secrets';
