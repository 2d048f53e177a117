import type { Part } from '../parts.ts';

/** What an image brings that a pod's manifest relies on. Its userland is busybox in every case. */
export interface Image {
  /** Real parts in `/usr/local/bin`. */
  readonly binaries: readonly Part[];
  /** Programs of this machine in `/usr/local/bin`, with the libraries that they need. @default - none */
  readonly programs?: readonly Part[];
  /** What runs before `args` where the manifest gives no `command`. @default - nothing */
  readonly entrypoint?: readonly string[];
  /** Variables that the image sets. @default - none */
  readonly env?: Readonly<Record<string, string>>;
}

/** Images by repository, without registry and tag. */
export type Images = Readonly<Record<string, Image>>;

/** The images of the official NATS server, tools and exporter. */
export const natsImages: Images = {
  // The server's image has an entry point that lets flags alone stand for the server.
  nats: {
    binaries: ['nats-server'],
    entrypoint: [
      'sh',
      '-c',
      'case "$1" in -*|"") set -- nats-server "$@";; esac; exec "$@"',
      'docker-entrypoint.sh',
    ],
  },
  // Without the XDG folders the CLI looks for the home of a user, and fails for one that has no name.
  'natsio/nats-box': {
    binaries: ['nats'],
    programs: ['jq'],
    env: {
      HOME: '/home/nats',
      NKEYS_PATH: '/nsc/nkeys',
      XDG_DATA_HOME: '/nsc',
      XDG_CONFIG_HOME: '/nsc/.config',
    },
  },
  'natsio/prometheus-nats-exporter': {
    binaries: ['prometheus-nats-exporter'],
    entrypoint: ['/usr/local/bin/prometheus-nats-exporter'],
  },
};

/** The image of a reference such as `docker.io/library/nats:2.14.6-alpine@sha256:…`. Throws for an unknown one. */
export function imageOf(reference: string, images: Images): Image {
  const repository = reference
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .replace(/^docker\.io\//, '')
    .replace(/^library\//, '');
  const image = images[repository];
  if (!image)
    throw new Error(`Image \`${reference}\`: the test does not say what it holds; add it to \`images\`.`);
  return image;
}
