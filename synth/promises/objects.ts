import type { Manifest } from '../../picture/objects.ts';

/** The objects of one cluster by kind, namespace and name. */
export type Objects = ReadonlyMap<string, Manifest>;

/**
 * Something that the manifests promise, and that has to hold after `customize` too.
 * @param before the objects as synth made them
 * @param after the objects as they would be written
 * @returns what is broken, a sentence without its full stop for each object
 */
export type ManifestPromise = (before: Objects, after: Objects) => string[];

export const objectsById = (objects: readonly Manifest[]): Objects =>
  new Map(objects.map((object) => [idOf(object), object]));

function idOf({ kind, metadata: { name, namespace } }: Manifest): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The objects that were there before and still are, with what has become of them. */
export const kept = (before: Objects, after: Objects): [id: string, was: Manifest, is: Manifest][] =>
  [...before].flatMap(([id, was]) => {
    const is = after.get(id);
    return is ? [[id, was, is]] : [];
  });

/** The objects that were not there before. */
export const added = (before: Objects, after: Objects): [id: string, object: Manifest][] =>
  [...after].filter(([id]) => !before.has(id));

/** The entries of a map whose key is of interest. */
export const only = (
  entries: Readonly<Record<string, string>> | undefined,
  isWanted: (key: string) => boolean,
) => Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => isWanted(key)));
