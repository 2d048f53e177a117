/** Which images the pods run and where they come from. */

/** What every pod's images have in common, and each image that the manifests name by themselves. */
export interface Images {
  /**
   * A registry, with a path if it has one, that takes the place of the public one: it goes before each image below that names
   * no registry of its own. Linkerd's images and those of your own applications are as you write them elsewhere.
   * @default - the public one of the node's container runtime
   */
  readonly registry?: string;
  /** Names of Secrets in the namespace with which the nodes sign in to a registry. You create them. @default - none */
  readonly pullSecrets?: readonly string[];
  /** When a node pulls an image, of every container. @default 'IfNotPresent' */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** nats-server 2.14.6 or newer, with a tag or digest. @default 'nats:2.14.6-alpine' */
  readonly natsServer?: string;
  /** What the demonstrations and the controller of the streams run. @default 'natsio/nats-box:0.19.7-nonroot' */
  readonly natsBox?: string;
  /** What the config reloader runs: an image with BusyBox or another shell. @default - that of the server */
  readonly reloader?: string;
  /** The exporter next to a monitored server. @default 'natsio/prometheus-nats-exporter:0.20.1' */
  readonly exporter?: string;
}

/** The same with every choice made, each image with its registry. */
export interface ImagesModel extends Required<Omit<Images, 'registry'>> {}

/** The same versions as the tests run. The server's image has a shell, and the CLI's flags drift between versions. */
export const NATS_SERVER = 'nats:2.14.6-alpine';
export const NATS_BOX = 'natsio/nats-box:0.19.7-nonroot';
export const EXPORTER = 'natsio/prometheus-nats-exporter:0.20.1';

/** Images that have been checked, with every choice made. */
export function imagesModel(images: Images = {}): ImagesModel {
  const from = (image: string) =>
    images.registry === undefined || namesRegistry(image) ? image : `${images.registry}/${image}`;
  const natsServer = from(images.natsServer ?? NATS_SERVER);
  return {
    pullSecrets: images.pullSecrets ?? [],
    pullPolicy: images.pullPolicy ?? 'IfNotPresent',
    natsServer,
    natsBox: from(images.natsBox ?? NATS_BOX),
    reloader: images.reloader === undefined ? natsServer : from(images.reloader),
    exporter: from(images.exporter ?? EXPORTER),
  };
}

/** Whether a reference begins with a host, as container runtimes tell it from a path. */
function namesRegistry(image: string): boolean {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
}
