import { InvalidInput } from '../model/checks.ts';
import { documents, objectsOf } from './read-manifest.ts';
import { ANNOTATION_LIMIT, sizeOf } from './secrets.ts';

const KIB = 1024;

/** What a Secret or ConfigMap may hold, in bytes of its values. */
const DATA_LIMIT = 1024 * KIB;

/** What etcd takes of one object, in bytes, if nobody has set another limit. */
const OBJECT_LIMIT = 1536 * KIB;

/** How much text of a manifest may be an object of more than the annotation limit, escapes in it included. */
const SUSPECT = ANNOTATION_LIMIT / 2;

interface SizedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** How to make objects of a kind smaller. */
const SMALLER: Readonly<Record<string, string>> = {
  Secret: 'join fewer leaves to one broker, or let clients name fewer subjects',
  ConfigMap: 'keep fewer streams and consumers in one cluster',
};

/**
 * What to do about objects that are too large for a plain `kubectl apply`, such as those of a broker of many leaves.
 * @throws InvalidInput about one that is too large for any way of applying it
 */
export function applyAdvice(cluster: string, objects: readonly SizedObject[]): string[] {
  return objects.flatMap((object) => {
    const { kind, metadata, data, stringData } = object;
    const size = sizeOf(object);
    const held = Object.values(data ?? stringData ?? {}).reduce(
      (sum, text) => sum + Buffer.byteLength(text),
      0,
    );
    const has = (bytes: number) => `${cluster}: ${kind} ${metadata.name} has ${Math.ceil(bytes / KIB)} KiB`;
    const remedy = SMALLER[kind] ?? 'join fewer leaves to one broker, or list fewer networks';
    for (const [bytes, limit] of [
      [held, DATA_LIMIT],
      [size, OBJECT_LIMIT],
    ] as const) {
      if (bytes > limit)
        throw new InvalidInput(`${has(bytes)}, and Kubernetes takes at most ${limit / KIB}; ${remedy}.`);
    }
    return size > ANNOTATION_LIMIT
      ? [
          `${has(size)}, of which kubectl apply can copy 256 into an annotation; use kubectl apply --server-side.`,
        ]
      : [];
  });
}

/** The objects of manifests that may be too large for a plain `kubectl apply`. */
export const largeObjects = (files: ReadonlyMap<string, string>): SizedObject[] =>
  [...files.values()]
    .filter((text) => text.length > SUSPECT)
    .flatMap(documents)
    .filter((document) => document.length > SUSPECT)
    .flatMap((document) => objectsOf(document) as SizedObject[]);
