/** Brings what runs on a node. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { built } from '../parts.ts';
import { imageArchive } from './image-archive.ts';
import { unpackedPackages } from './packages.ts';
import { unpacked } from './real-parts.ts';

/** What runs on a node: where to find it, and the images. */
export interface Equipment {
  readonly path: string;
  readonly packages: string;
  readonly archive: string;
}

/** Builds, unpacks and packs what is not there yet. */
export function equip(): Equipment {
  const [kubernetes, etcd, nats] = [
    built('kubernetes'),
    built('etcd'),
    built('nats', ['nats-server', 'nats']),
  ];
  const packages = unpackedPackages('node', ['containerd', 'runc', 'containernetworking-plugins']);
  const runc = spawnSync(join(packages, 'usr/sbin/runc'), ['--version'], { encoding: 'utf8' });
  if (runc.status !== 0) {
    throw new Error(`runc does not start, install the package libseccomp2: ${runc.stderr.trim()}`);
  }
  const archive = imageArchive({
    nats,
    coredns: built('coredns'),
    localPath: built('local-path'),
    unpacked: unpacked(),
  });
  const folders = [kubernetes, etcd, unpacked(), join(packages, 'usr/bin'), join(packages, 'usr/sbin')];
  return { path: [...folders, '/usr/sbin:/usr/bin:/sbin:/bin'].join(':'), packages, archive };
}
