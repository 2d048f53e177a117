/** The images that the manifests name, of the real programs. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORTER, NATS_BOX, NATS_SERVER } from '../../model/images.ts';
import { unpackedPackages } from './packages.ts';

/** Images of the node itself; nothing else names them, so their tags say no more than that they are ours. */
export const COREDNS_IMAGE = 'coredns:clusters';
export const LOCAL_PATH_IMAGE = 'local-path-provisioner:clusters';
export const BUSYBOX_IMAGE = 'busybox:clusters';
/** The container of Linkerd's multicluster gateway beside its proxy, which has nothing to do. */
const PAUSE_IMAGE = 'registry.k8s.io/pause:3.2';

/** Folders that hold programs. */
export interface Programs {
  readonly nats: string;
  readonly coredns: string;
  readonly localPath: string;
  /** Linkerd, the exporter, busybox. */
  readonly unpacked: string;
}

export interface Image {
  readonly reference: string;
  /** What lies below the image's own layer. @default - nothing */
  readonly base?: 'busybox' | 'debian';
  /** By their paths in the image. */
  readonly programs: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
}

const LINKERD = '/usr/lib/linkerd';
/** What an image sets unless it says otherwise. */
export const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Every image of a node and of the pods on it. */
export function imagesOf({ nats, coredns, localPath, unpacked }: Programs): Image[] {
  const linkerd = execFileSync(join(unpacked, 'linkerd'), ['version', '--client', '--short'], {
    encoding: 'utf8',
  });
  const version = linkerd.trim();
  const ofLinkerd = [`LINKERD_CONTAINER_VERSION_OVERRIDE=${version}`, 'LINKERD2_PROXY_LOG=warn,linkerd=info'];
  const proxy = ['proxy', 'proxy-identity', 'proxy-init', 'network-validator'].map(
    (name) => `linkerd2-${name}`,
  );
  return [
    { reference: BUSYBOX_IMAGE, base: 'busybox', programs: {}, config: { Cmd: ['sleep', '2147483647'] } },
    {
      reference: PAUSE_IMAGE,
      base: 'busybox',
      programs: {},
      config: { Cmd: ['sh', '-c', "trap 'exit 0' TERM; sleep 2147483647 & wait"] },
    },
    {
      reference: COREDNS_IMAGE,
      programs: { '/coredns': join(coredns, 'coredns') },
      config: { Entrypoint: ['/coredns'] },
    },
    {
      reference: LOCAL_PATH_IMAGE,
      base: 'busybox',
      programs: { '/usr/bin/local-path-provisioner': join(localPath, 'local-path-provisioner') },
      config: {},
    },
    {
      reference: NATS_SERVER,
      base: 'busybox',
      programs: { '/usr/local/bin/nats-server': join(nats, 'nats-server') },
      config: { Entrypoint: ['nats-server'] },
    },
    {
      reference: NATS_BOX,
      base: 'busybox',
      programs: { '/usr/local/bin/nats': join(nats, 'nats'), ...jq() },
      config: { User: '1000:1000', Env: [PATH, 'HOME=/home/nats'], Entrypoint: ['sh', '-l'] },
    },
    {
      reference: EXPORTER,
      base: 'busybox',
      programs: { '/usr/local/bin/prometheus-nats-exporter': join(unpacked, 'prometheus-nats-exporter') },
      config: { Entrypoint: ['prometheus-nats-exporter'] },
    },
    {
      reference: `cr.l5d.io/linkerd/proxy:${version}`,
      base: 'debian',
      programs: Object.fromEntries(
        [...proxy, 'linkerd-await'].map((name) => [`${LINKERD}/${name}`, join(unpacked, name)]),
      ),
      config: {
        User: '65534',
        Entrypoint: [`${LINKERD}/linkerd2-proxy-identity`],
        Env: [PATH, ...ofLinkerd],
      },
    },
    {
      reference: `cr.l5d.io/linkerd/controller:${version}`,
      base: 'debian',
      programs: Object.fromEntries(
        ['controller', 'linkerd-policy-controller'].map((name) => [`/${name}`, join(unpacked, name)]),
      ),
      config: { Entrypoint: ['/controller'], Env: [PATH, ...ofLinkerd] },
    },
  ];
}

/** jq as the official image has it, with the libraries that Debian's is linked with, none of which busybox has. */
function jq(): Image['programs'] {
  const root = unpackedPackages('jq', ['jq', 'libjq1', 'libonig5', 'libc6']);
  const libraries = '/x86_64-linux-gnu';
  const files = [
    '/usr/bin/jq',
    ...['libjq.so.1', 'libonig.so.5'].map((name) => `/usr/lib${libraries}/${name}`),
    ...['libc.so.6', 'libm.so.6'].map((name) => `/lib${libraries}/${name}`),
    '/lib64/ld-linux-x86-64.so.2',
  ];
  return Object.fromEntries(files.map((file) => [file, realpathSync(join(root, file))]));
}
