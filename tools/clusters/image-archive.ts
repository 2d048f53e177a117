/** Packs images into one archive for `ctr images import`. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CACHE } from '../parts.ts';
import { imagesOf, PATH, type Programs } from './images.ts';
import { unpackedPackages } from './packages.ts';

const CAPABILITIES = 'cap_net_raw,cap_net_admin+eip';

/** @returns the archive, which is made unless it is there */
export function imageArchive(programs: Programs): string {
  // The libraries that Linkerd's programs are linked with, and what its init container calls.
  const debian = unpackedPackages('base', [
    ...['libc6', 'libgcc-s1', 'iptables', 'libxtables12', 'libmnl0', 'libnftnl11', 'libnfnetlink0'],
    ...['libnetfilter-conntrack3', 'libip4tc2', 'libip6tc2'],
  ]);
  const images = imagesOf(programs);
  const stamp = JSON.stringify([images, debian, readFileSync(import.meta.filename, 'utf8')]);
  const archive = join(CACHE, `images-${sha256(stamp).slice(0, 16)}.tar`);
  if (existsSync(archive)) return archive;
  console.log('packing images');
  const work = mkdtempSync(`${archive}.`);
  try {
    const layout = join(work, 'layout');
    mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
    const bases = { busybox: busyboxLayer(work, programs.unpacked), debian: debianLayer(work, debian) };
    const store = (content: Buffer) => {
      const digest = sha256(content);
      writeFileSync(join(layout, 'blobs', 'sha256', digest), content);
      return { digest: `sha256:${digest}`, size: content.length };
    };
    const oci = 'application/vnd.oci.image';
    const manifests = images.map(({ reference, base, programs, config }) => {
      const layers = [...(base ? [bases[base]] : []), layerOf(work, reference, programs)].map((file) => ({
        mediaType: `${oci}.layer.v1.tar`,
        ...store(readFileSync(file)),
      }));
      const described = store(
        json({
          ...{ architecture: 'amd64', os: 'linux', config: { Env: [PATH], WorkingDir: '/', ...config } },
          rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
        }),
      );
      const manifest = {
        ...{ schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, layers },
        config: { mediaType: `${oci}.config.v1+json`, ...described },
      };
      return {
        ...{ mediaType: manifest.mediaType, ...store(json(manifest)) },
        annotations: { 'io.containerd.image.name': fullName(reference) },
      };
    });
    writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
    writeFileSync(join(layout, 'index.json'), json({ schemaVersion: 2, manifests }));
    tar(layout, join(work, 'archive'));
    renameSync(join(work, 'archive'), archive);
  } finally {
    rmSync(work, { recursive: true });
  }
  return archive;
}

/** As the kubelet spells a short name. */
function fullName(reference: string): string {
  if (/^[^/]+\.[^/]+\//.test(reference)) return reference;
  return `docker.io/${reference.includes('/') ? '' : 'library/'}${reference}`;
}

function layerOf(work: string, name: string, programs: Readonly<Record<string, string>>): string {
  const root = join(work, sha256(name));
  mkdirSync(root);
  for (const [path, source] of Object.entries(programs)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target);
    // Its container is no root and still has to lay rules.
    if (basename(path) === 'linkerd2-proxy-init') execFileSync('setcap', [CAPABILITIES, target]);
  }
  return tar(root, `${root}.tar`);
}

function debianLayer(work: string, root: string): string {
  for (const name of ['xtables-legacy-multi', 'xtables-nft-multi']) {
    execFileSync('setcap', [CAPABILITIES, join(root, 'usr', 'sbin', name)]);
  }
  return tar(root, join(work, 'debian.tar'), '--exclude=./usr/share');
}

/** A user land as that of Alpine, and the users whom the images name. */
function busyboxLayer(work: string, unpacked: string): string {
  const root = join(work, 'busybox');
  for (const folder of ['bin', 'etc', 'tmp', 'home/nats']) mkdirSync(join(root, folder), { recursive: true });
  execFileSync('chmod', ['1777', join(root, 'tmp')]);
  chownSync(join(root, 'home', 'nats'), 1000, 1000);
  const program = join(unpacked, 'busybox');
  cpSync(program, join(root, 'bin', 'busybox'));
  for (const applet of execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  }
  const users = { root: 0, nobody: 65534, nats: 1000 };
  const lines = (line: (name: string, id: number) => string) =>
    Object.entries(users)
      .map(([name, id]) => `${line(name, id)}\n`)
      .join('');
  writeFileSync(
    join(root, 'etc', 'passwd'),
    lines((name, id) => `${name}:x:${id}:${id}::/home/${name}:/bin/sh`),
  );
  writeFileSync(
    join(root, 'etc', 'group'),
    lines((name, id) => `${name}:x:${id}:`),
  );
  return tar(root, join(work, 'busybox.tar'));
}

/** A folder as an archive, with the capabilities of its files. */
function tar(folder: string, file: string, ...more: string[]): string {
  const same = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=posix'];
  const own = ['--xattrs', '--xattrs-include=*', '--pax-option=delete=atime,delete=ctime'];
  execFileSync('tar', ['-cf', file, ...same, ...own, ...more, '-C', folder, '.']);
  return file;
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
