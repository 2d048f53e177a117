import { parseDocument } from 'yaml';
import type { KubernetesObject } from '../constructs/kubernetes/object.ts';

/** An object that synth wrote. */
export type WrittenObject = KubernetesObject & { readonly apiVersion: string };

/** The text of a cluster's manifests by path in its folder. */
export type Manifests = ReadonlyMap<string, string>;

/** Whether the new manifests have all that the old ones had, file by file, which is what most clusters have. */
export const keepsAll = (before: Manifests, after: Manifests) =>
  [...before].every(([file, text]) => after.get(file) === text);

/** The documents of a manifest as synth wrote them. A line of three dashes is no part of any of them. */
export const documents = (manifest: string): string[] => manifest.split(/^---\r?\n/m);

/** The object in a document; none where somebody has left something else there, such as a conflict half merged. */
export function objectsOf(document: string): WrittenObject[] {
  const parsed = parseDocument(document);
  const object = parsed.errors.length > 0 ? undefined : (parsed.toJS() as WrittenObject | undefined);
  return object?.kind && object.metadata?.name ? [object] : [];
}

/** Names of the volume claims that the controller of a StatefulSet makes, and leaves when the set goes or shrinks. */
export const claimsOf = ({ kind, metadata, spec }: WrittenObject): string[] =>
  kind === 'StatefulSet'
    ? (spec.volumeClaimTemplates ?? []).flatMap((template: WrittenObject) =>
        Array.from(
          { length: spec.replicas ?? 1 },
          (_, i) => `${template.metadata.name}-${metadata.name}-${i}`,
        ),
      )
    : [];

/** Size of the volumes that a StatefulSet claims, of which there is one for each pod. */
export const volumeSizeOf = ({ spec }: WrittenObject): string | undefined =>
  spec?.volumeClaimTemplates?.[0]?.spec.resources.requests.storage;
