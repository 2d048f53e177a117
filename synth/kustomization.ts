import { dirname, join, relative } from 'node:path';
import { Yaml } from 'cdk8s';
import { ENCRYPTED } from './secrets.ts';

/**
 * What Kustomize, and so Flux and Argo CD, take a folder by. The name has no ending: `kustomization.yaml` would make
 * `kubectl apply -f` of the folder fail, because it is no object.
 * @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
 */
export const KUSTOMIZATION_FILE = 'Kustomization';

/**
 * A Kustomization for each folder that has manifests. It lists those of the folder itself, and its encrypted Secrets. What
 * is in another subfolder is applied by itself, or not at all.
 * @param files - paths in a cluster's folder of the manifests that are committed
 * @returns text by path
 */
export function kustomizations(files: Iterable<string>): Map<string, string> {
  const folders = new Map<string, string[]>();
  for (const file of [...files].sort()) {
    const folder = file.endsWith(ENCRYPTED) ? dirname(dirname(file)) : dirname(file);
    folders.set(folder, [...(folders.get(folder) ?? []), relative(folder, file)]);
  }
  return new Map(
    [...folders].map(([folder, resources]) => [join(folder, KUSTOMIZATION_FILE), textOf(resources)]),
  );
}

const textOf = (resources: readonly string[]) =>
  Yaml.stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });
