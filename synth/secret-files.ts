import type { Model } from '../model/model.ts';
import { exportLine } from '../terminal/shown-command.ts';
import { endsWanted } from './expiry-rules.ts';
import { minted, type SecretFiles, type SecretsInput } from './minted.ts';
import { type SecretObject, secretObjects, secretsFile, secretsText, secretsWanted } from './secrets.ts';
import { sopsFiles } from './sops/sops-files.ts';

/**
 * The Secrets of each cluster in the form that the topology asks for, and when its certificates end. Mints what is
 * missing, unless somebody else provides the Secrets.
 * @throws InvalidInput if the credentials or encrypted files cannot be used
 */
export async function secretFiles(input: SecretsInput): Promise<SecretFiles> {
  const { secrets } = input.model;
  if (secrets.kind === 'sops') return sopsFiles(input, secrets);
  if (secrets.kind === 'file') return plainFiles(input);
  sayWanted(input);
  return new Map();
}

/** Secrets as `kubectl apply` takes them, in a file that Git ignores. */
export function plainFiles(input: SecretsInput): SecretFiles {
  const { credentials, endsOf } = minted(input);
  return new Map(
    input.clusters.map(({ name, secrets }, i) => {
      const objects = byFile(secretObjects(secrets, credentials), input.model);
      const files = [...objects].map(
        ([file, all]) => [file, { text: secretsText(all), mode: 0o600 }] as const,
      );
      return [name, new Map([...files, ...endsOf(i)])];
    }),
  );
}

/** Says what somebody else has to provide in place of those files. */
function sayWanted({ model, clusters, issued, log }: SecretsInput): void {
  if (model.secrets.kind === 'external-secrets')
    log(`the store has to hold what \`${exportLine(issued)}\` writes`);
  for (const [i, { name, secrets }] of clusters.entries()) {
    if (model.secrets.kind === 'external') log(secretsWanted(name, secrets));
    const ends = endsWanted(model.clusters[i]!);
    if (ends !== undefined) log(ends);
  }
}

/** Secrets by the file that gets them. */
function byFile(objects: readonly SecretObject[], { namespace }: Model): Map<string, SecretObject[]> {
  const files = new Map<string, SecretObject[]>();
  for (const object of objects) {
    const file = secretsFile(object.metadata.namespace, namespace);
    files.set(file, [...(files.get(file) ?? []), object]);
  }
  return files;
}
