import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ContainerSpec, KubeObject, PodTemplate, VolumeMount } from '../manifest.ts';
import { needed } from '../parts.ts';
import type { ContainerPlan } from './container.ts';
import { environment, expand, type PodFacts, runtimeEnv } from './environment.ts';
import { type Images, imageOf } from './images.ts';
import type { Network } from './network.ts';
import { type Mount, rootFileSystem } from './root-file-system.ts';
import type { PodVolume } from './volumes.ts';

export interface Surroundings extends PodFacts {
  readonly template: PodTemplate;
  readonly objects: readonly KubeObject[];
  readonly volumes: ReadonlyMap<string, PodVolume>;
  readonly images: Images;
  readonly network: Network;
  readonly hostsFile: string;
  readonly folder: string;
  readonly pidNamespace?: string;
}

/** What has to be run for a container of a pod: its command line, environment, user and root, from its manifest. */
export function planContainer(spec: ContainerSpec, pod: Surroundings): ContainerPlan {
  const image = imageOf(spec.image, pod.images);
  const env = { ...runtimeEnv(pod), ...image.env, ...environment(spec, pod, pod.objects) };
  const command = spec.command ?? image.entrypoint ?? [];
  const argv = [...command, ...(spec.args ?? [])].map((text) => expand(text, env));
  if (argv.length === 0) throw new Error(`Container \`${spec.name}\` has neither a command nor args.`);
  const security = { ...pod.template.spec.securityContext, ...spec.securityContext };
  const { runAsUser: uid = 0, runAsGroup: gid = 0, fsGroup, supplementalGroups = [] } = security;
  if (security.runAsNonRoot && uid === 0) {
    throw new Error(`Container \`${spec.name}\`: runAsNonRoot is set and it would run as root.`);
  }
  const folder = join(pod.folder, spec.name);
  const root = join(folder, 'root');
  const workingDir = spec.workingDir ?? '/';
  mkdirSync(root, { recursive: true });
  const lines = rootFileSystem(root, {
    busybox: needed('namespaces'),
    binaries: new Map(image.binaries.map(needed).map((path) => [basename(path), path])),
    mounts: [
      ...(image.programs ?? []).map(needed).flatMap(withLibraries),
      { source: pod.hostsFile, target: '/etc/hosts', readOnly: true },
      ...(spec.volumeMounts ?? []).map((mount) => mountOf(mount, pod)),
    ],
    workingDir,
    readOnly: security.readOnlyRootFilesystem ?? false,
  });
  const fstab = join(folder, 'fstab');
  writeFileSync(fstab, lines);
  return {
    ...{ name: spec.name, argv, env, workingDir, uid, gid, root, fstab },
    groups: fsGroup === undefined ? supplementalGroups : [fsGroup, ...supplementalGroups],
    hostname: pod.name,
    folder,
    network: pod.network.path,
    pidNamespace: pod.pidNamespace,
    ...spec.lifecycle,
  };
}

/** A program of this machine and the libraries that it loads, each where it looks for them. */
function withLibraries(program: string): Mount[] {
  const listed = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout;
  const libraries = [...new Set(listed.match(/\/\S+/g))];
  return [
    { source: program, target: `/usr/local/bin/${basename(program)}`, readOnly: true },
    ...libraries.map((path) => ({ source: realpathSync(path), target: path, readOnly: true })),
  ];
}

function mountOf(mount: VolumeMount, pod: Surroundings): Mount {
  const volume = pod.volumes.get(mount.name);
  if (!volume)
    throw new Error(`Pod \`${pod.name}\` mounts \`${mount.name}\`, and has no volume of that name.`);
  // A subPath is resolved once, so that it never sees an update; that is how the kubelet does it.
  const source = mount.subPath ? realpathSync(join(volume.folder, mount.subPath)) : volume.folder;
  return { source, target: mount.mountPath, readOnly: mount.readOnly || volume.readOnly };
}
