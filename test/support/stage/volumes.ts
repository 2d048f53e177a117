import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { find, type KubeObject, type Source, type Volume, values } from '../manifest.ts';

interface Payload {
  readonly bytes: Buffer;
  readonly mode: number;
}

/** The folder of one volume of one pod, kept the way the kubelet keeps it. */
export class PodVolume {
  private generation = 0;
  private written = '';

  constructor(
    readonly folder: string,
    readonly volume: Volume,
    private readonly namespace: string,
    private readonly fsGroup: number | undefined,
  ) {
    mkdirSync(folder, { recursive: true });
    this.give(folder, 0o777);
  }

  /** Only an emptyDir can be written by a container. */
  get readOnly() {
    return this.volume.emptyDir === undefined;
  }

  /**
   * Brings the files in line with the objects: a new folder, to which `..data` is switched in one step. Files that
   * have not changed stay as they are.
   */
  refresh(objects: readonly KubeObject[]) {
    if (this.volume.emptyDir) return;
    const files = this.files(objects);
    const content = JSON.stringify(
      [...files].map(([path, { bytes, mode }]) => [path, mode, bytes.toString('hex')]),
    );
    if (content === this.written) return;
    this.written = content;
    this.swap(files);
  }

  private swap(files: Map<string, Payload>) {
    const old = `..${this.generation}`;
    this.generation += 1;
    const next = `..${this.generation}`;
    mkdirSync(join(this.folder, next));
    this.give(join(this.folder, next), 0o755);
    for (const [path, { bytes, mode }] of files) {
      const file = join(this.folder, next, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      // The kubelet lets the pod's group read whatever the mode says, or a non-root container could not.
      this.give(file, this.fsGroup === undefined ? mode : mode | 0o440);
    }
    symlinkSync(next, join(this.folder, '..data_tmp'));
    renameSync(join(this.folder, '..data_tmp'), join(this.folder, '..data'));
    const names = new Set([...files.keys()].map((path) => path.split('/')[0] as string));
    for (const name of names) this.link(name);
    for (const name of readdirSync(this.folder)) {
      if (!name.startsWith('..') && !names.has(name)) rmSync(join(this.folder, name));
    }
    rmSync(join(this.folder, old), { recursive: true, force: true });
  }

  private link(name: string) {
    const link = join(this.folder, name);
    if (readdirSync(this.folder).includes(name)) return;
    symlinkSync(`..data/${name}`, link);
    lchownSync(link, 0, this.fsGroup ?? 0);
  }

  private give(path: string, mode: number) {
    chownSync(path, 0, this.fsGroup ?? 0);
    chmodSync(path, mode);
  }

  private files(objects: readonly KubeObject[]): Map<string, Payload> {
    const { configMap, secret, projected } = this.volume;
    const sources = projected?.sources ?? [{ configMap, secret }];
    const files = new Map<string, Payload>();
    for (const source of sources) {
      const [kind, from] = source.secret ? ['Secret', source.secret] : ['ConfigMap', source.configMap];
      if (!from)
        throw new Error(`Volume \`${this.volume.name}\`: ${Object.keys(source)} cannot be run here.`);
      const mode = projected?.defaultMode ?? from.defaultMode ?? 0o644;
      for (const [path, payload] of this.payloads(kind as string, from, mode, objects))
        files.set(path, payload);
    }
    return files;
  }

  private *payloads(kind: string, source: Source, defaultMode: number, objects: readonly KubeObject[]) {
    const name = source.secretName ?? source.name ?? '';
    const exists = objects.some((object) => object.kind === kind && object.metadata.name === name);
    if (!exists && source.optional) return;
    const held = values(find(objects, kind, this.namespace, name));
    const items = source.items ?? [...held.keys()].map((key) => ({ key, path: key, mode: undefined }));
    for (const { key, path, mode } of items) {
      const bytes = held.get(key);
      if (bytes) yield [path, { bytes, mode: mode ?? defaultMode }] as const;
      else if (!source.optional)
        throw new Error(`${kind} \`${name}\` has no key \`${key}\`, which a volume names.`);
    }
  }
}
