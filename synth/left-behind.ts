/** What `kubectl apply` leaves on a cluster when an object is no longer in the manifests: it deletes nothing. */
import { basename, dirname } from 'node:path';
import { CLIENTS_FOLDER } from '../model/names.ts';
import { kubectl } from '../terminal/kubectl.ts';
import { clusterFolder } from '../terminal/output-folder.ts';
import {
  claimsOf,
  documents,
  keepsAll,
  type Manifests,
  objectsOf,
  type WrittenObject,
} from './read-manifest.ts';
import { ENCRYPTED, SECRETS_FILE } from './secrets.ts';

/** Something on a cluster that a manifest brought there. */
interface Thing {
  /** As `kubectl delete` takes it, such as `deployment.apps/nats-publisher`. */
  readonly name: string;
  readonly namespace: string;
  /** Subfolder of the manifest: it is applied by itself, and perhaps never. */
  readonly folder: string;
  readonly nodePorts: readonly number[];
}

const NONE: Manifests = new Map();

/**
 * The commands, and comments about them, that delete what a cluster has from its old manifests and what the new ones
 * do not have. Volumes, and the namespace with whatever else is in it, are commented out, because they hold data.
 * @param after - @default - the cluster has left the topology
 */
export function leftBehind(
  cluster: string,
  before: Manifests,
  after: Manifests = NONE,
  folder = clusterFolder(cluster),
): string[] {
  const gone = goneThings(before, after);
  if (gone.length === 0) return [];
  const taken = new Set(gone.some(holdsPort) ? thingsIn(after).flatMap(({ nodePorts }) => nodePorts) : []);
  const isInTheWay = ({ nodePorts }: Thing) => nodePorts.some((port) => taken.has(port));
  const group = (comment: string, things: readonly Thing[], prefix = '') =>
    things.length > 0 ? [`# ${comment}`, ...deletions(cluster, things).map((line) => prefix + line)] : [];
  // A cluster that is gone gets no Secrets any more.
  const isRival = (thing: Thing) => after !== NONE && makesSecret(thing);
  const others = gone.filter((thing) => !holdsData(thing) && !isInTheWay(thing) && !isRival(thing));
  return [
    ...group(
      `Before ${folder} is applied, because another Service takes the NodePort:`,
      gone.filter(isInTheWay),
    ),
    ...group(
      `Before ${folder} is applied, because cert-manager would replace the Secrets that it brings:`,
      gone.filter(isRival),
    ),
    ...group(
      after === NONE
        ? `${cluster} is no longer in the topology. To delete what it has:`
        : `After ${folder} is applied, which no longer has these and deletes nothing:`,
      others,
    ),
    ...group(
      `${cluster}: these hold data, so look first whether it is still needed:`,
      gone.filter(holdsData),
      '# ',
    ),
  ];
}

const holdsData = ({ name }: Thing) => /^(persistentvolumeclaim|namespace)\//.test(name);
const makesSecret = ({ name }: Thing) => name.startsWith('certificate.cert-manager.io/');
const holdsPort = ({ nodePorts }: Thing) => nodePorts.length > 0;
const keyOf = ({ name, namespace }: Thing) => `${namespace} ${name}`;

/** Most objects stay as they are, and reading YAML takes its time, so only what differs is read, until something is gone. */
function goneThings(before: Manifests, after: Manifests): Thing[] {
  if (keepsAll(before, after)) return [];
  const [old, now] = [textsIn(before), textsIn(after)];
  const without = (texts: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>) =>
    [...texts].filter(([text]) => !others.has(text)).flatMap(thingsOf);
  const missing = (things: readonly Thing[], there: readonly Thing[]) => {
    const keys = new Set(there.map(keyOf));
    return things.filter((thing) => !keys.has(keyOf(thing)));
  };
  const touched = without(old, now);
  const changed = touched.length > 0 ? missing(touched, without(now, old)) : [];
  const gone = changed.length > 0 ? missing(changed, thingsIn(after)) : [];
  return [...new Map(gone.map((thing) => [keyOf(thing), thing])).values()];
}

/** The documents with the subfolder of each. Secrets are told by who takes them: git ignores their file, or they are encrypted. */
const textsIn = (manifests: Manifests): Map<string, string> =>
  new Map(
    [...manifests]
      .filter(([file]) => basename(file) !== SECRETS_FILE && !file.endsWith(ENCRYPTED))
      .flatMap(([file, text]) => documents(text).map((document) => [document, dirname(file)])),
  );

const thingsIn = (manifests: Manifests): Thing[] => [...textsIn(manifests)].flatMap(thingsOf);

/** An object, the Secrets that its pods take, and the volumes that it has claimed. */
function thingsOf([document, folder]: readonly [string, string]): Thing[] {
  return objectsOf(document).flatMap((object) => {
    const { kind, metadata, apiVersion, spec } = object;
    const namespace = kind === 'Namespace' ? metadata.name : (metadata.namespace ?? 'default');
    const thing = (name: string, nodePorts: number[] = []) => ({ name, namespace, folder, nodePorts });
    const [, group] = /^(.+)\//.exec(apiVersion) ?? [];
    const type = kind.toLowerCase() + (group ? `.${group}` : '');
    const ports = kind === 'Service' ? (spec.ports ?? []) : [];
    return [
      thing(
        `${type}/${metadata.name}`,
        ports.flatMap(({ nodePort }: { nodePort?: number }) => nodePort ?? []),
      ),
      ...secretsOf(object, folder).map((secret) => thing(`secret/${secret}`)),
      ...claimsOf(object).map((claim) => thing(`persistentvolumeclaim/${claim}`)),
    ];
  });
}

interface Volume {
  readonly secret?: { readonly secretName: string };
  readonly projected?: { readonly sources: readonly { readonly secret?: { readonly name: string } }[] };
}

const secretsOf = ({ kind, metadata, spec }: WrittenObject, folder: string): string[] => {
  // Of a client there is no pod here, but its NetworkPolicy, and its Secret is called the same.
  if (kind === 'NetworkPolicy' && folder.startsWith(`${CLIENTS_FOLDER}/`)) return [metadata.name];
  if (kind === 'Issuer') return [spec.ca.secretName];
  return (spec?.template?.spec?.volumes ?? []).flatMap(({ secret, projected }: Volume) => [
    ...(secret ? [secret.secretName] : []),
    ...(projected?.sources ?? []).flatMap((source) => source.secret?.name ?? []),
  ]);
};

/** One command for each namespace, and for each folder that may never have been applied. */
function deletions(cluster: string, things: readonly Thing[]): string[] {
  const groups = new Map<string, Thing[]>();
  for (const thing of things) {
    const key = `${thing.folder} ${thing.namespace}`;
    groups.set(key, [...(groups.get(key) ?? []), thing]);
  }
  return [...groups.values()].map((group) => {
    const names = group.map(({ name }) => name).join(' ');
    return kubectl(cluster, group[0]!.namespace, `delete --ignore-not-found ${names}`);
  });
}
