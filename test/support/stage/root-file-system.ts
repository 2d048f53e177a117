import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Mount {
  /** A file or folder of this machine. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

export interface RootOptions {
  /** A static busybox, which plays the image's userland. */
  readonly busybox: string;
  /** Programs for `/usr/local/bin`, by the names that they have there. */
  readonly binaries: ReadonlyMap<string, string>;
  readonly mounts: readonly Mount[];
  readonly workingDir: string;
  readonly readOnly: boolean;
}

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** Debian's busybox crashes on the `-T` of wget, which it is built without and alpine's is built with. */
const WGET = `#!/bin/sh
seconds=900 expected=
for argument; do
  shift
  if [ "$expected" ]; then seconds=$argument expected=
  elif [ "$argument" = -T ]; then expected=yes
  else set -- "$@" "$argument"
  fi
done
exec timeout "$seconds" busybox wget "$@"
`;

/** Lays out a container's root in `folder`. Returns the lines of an fstab that mount it in a namespace of its own. */
export function rootFileSystem(folder: string, options: RootOptions): string {
  for (const path of ['bin', 'dev/shm', 'etc', 'proc', 'tmp', 'usr/local/bin', `.${options.workingDir}`]) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  copyFileSync(options.busybox, join(folder, 'bin/busybox'));
  for (const applet of applets(options.busybox)) symlinkSync('busybox', join(folder, 'bin', applet));
  rmSync(join(folder, 'bin/wget'));
  writeFileSync(join(folder, 'bin/wget'), WGET, { mode: 0o755 });
  symlinkSync('/proc/self/fd', join(folder, 'dev/fd'));
  symlinkSync('/proc/self/fd/1', join(folder, 'dev/stdout'));
  symlinkSync('/proc/self/fd/2', join(folder, 'dev/stderr'));
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\n');
  const mounts: Mount[] = [
    ...devices.map((name) => ({ source: `/dev/${name}`, target: `/dev/${name}`, readOnly: false })),
    ...[...options.binaries].map(([name, source]) => ({
      source,
      target: `/usr/local/bin/${name}`,
      readOnly: true,
    })),
    ...options.mounts,
  ];
  for (const mount of mounts) mountPoint(join(folder, mount.target), statSync(mount.source).isDirectory());
  return [
    `${folder} ${folder} none bind${options.readOnly ? ',ro' : ''} 0 0`,
    `proc ${folder}/proc proc nosuid,nodev,noexec 0 0`,
    `shm ${folder}/dev/shm tmpfs nosuid,nodev,noexec 0 0`,
    ...mounts.map((m) => `${m.source} ${join(folder, m.target)} none bind${m.readOnly ? ',ro' : ''} 0 0`),
    '',
  ].join('\n');
}

function mountPoint(path: string, isFolder: boolean) {
  mkdirSync(isFolder ? path : dirname(path), { recursive: true });
  if (!isFolder) writeFileSync(path, '');
}

function applets(busybox: string): string[] {
  const names = spawnSync(busybox, ['--list'], { encoding: 'utf8' }).stdout.split('\n');
  return names.filter((name) => name && name !== 'busybox');
}
