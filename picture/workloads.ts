import { basename } from 'node:path';
import type { RequiredSecret } from '../constructs/index.ts';
import { INJECT } from '../constructs/mesh/linkerd.ts';
import { CONFIG_FILE } from '../constructs/nats/config-file.ts';
import { at, type Conf, listed, readConf } from '../constructs/nats/read-conf.ts';
import type { Credentials } from '../model/credentials.ts';
import type { Identity, Labels, Manifest } from './objects.ts';

/** A NATS user. `secret` says whose password it is and stands for it: two that are equal sign in. */
export interface User {
  readonly name: string;
  readonly secret: string;
}

/** A NATS user that a server lets in. */
export interface KnownUser extends User {
  readonly connects: readonly string[];
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A remote that a server dials as a leaf: one of several addresses of the same broker. */
export interface Remote {
  readonly addresses: readonly Address[];
  readonly user: User;
  readonly tls: boolean;
}

/** Pods that a Deployment or StatefulSet makes, as far as connections are concerned. */
export interface WorkloadView {
  readonly kind: string;
  readonly name: string;
  readonly replicas: number;
  readonly labels: Labels;
  readonly identity: Identity;
  readonly meshed: boolean;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  /** Paths that the kubelet probes over HTTP, with their ports. */
  readonly probes: readonly { readonly path: string; readonly port: number | string }[];
  /** Address of the server whose client it is. */
  readonly dials: string | undefined;
  readonly user: User | undefined;
  /** Whether a NATS certificate is mounted. */
  readonly certificate: boolean;
  /** What its `nats.conf` says, with the files that it includes. */
  readonly conf: Conf | undefined;
  readonly users: readonly KnownUser[];
  readonly remotes: readonly Remote[];
}

/** Stands in for what has been minted: a password is its own name, and nothing secret can get into the picture. */
const NO_CREDENTIALS: Credentials = {
  certificate: (name) => ({ crt: name, key: name }),
  natsCa: 'ca',
  password: (name) => name,
  // So that a user's password and what its server knows of it can be told to belong together.
  passwordHash: (name) => name,
};

/** The workloads among a cluster's objects, with what the Secrets that they mount say about connections. */
export function workloads(objects: readonly Manifest[], secrets: readonly RequiredSecret[]): WorkloadView[] {
  return objects
    .filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')
    .map((owner) => workload(owner, objects, secrets));
}

function workload(
  owner: Manifest,
  objects: readonly Manifest[],
  secrets: readonly RequiredSecret[],
): WorkloadView {
  const { metadata, spec } = owner.spec.template;
  const namespace = owner.metadata.namespace ?? 'default';
  const [main] = spec.containers;
  const files = new Map<string, string>();
  for (const { configMap, secret, projected } of spec.volumes) {
    const map = objects.find(
      (object) => object.kind === 'ConfigMap' && object.metadata.name === configMap?.name,
    );
    for (const [key, text] of Object.entries(map?.data ?? {})) files.set(key, text);
    const keys = secrets.find(({ name }) => name === secret?.secretName)?.keys ?? {};
    for (const [key, value] of Object.entries(keys)) files.set(key, value(NO_CREDENTIALS));
    // What cert-manager makes, of which the names alone matter here.
    for (const source of projected?.sources ?? [])
      for (const { path } of source.secret?.items ?? []) files.set(path, path);
  }
  const text = files.get(CONFIG_FILE);
  const conf = text === undefined ? undefined : readConf(text, (path) => files.get(basename(path)) ?? '');
  const name = files.get('username');
  // biome-ignore lint/suspicious/noExplicitAny: of a container only these fields are read.
  const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) => (main as any)[probe]);
  return {
    kind: owner.kind,
    name: owner.metadata.name,
    replicas: owner.spec.replicas,
    labels: metadata.labels,
    identity: { name: spec.serviceAccountName, namespace },
    meshed: injected(objects, namespace, metadata.annotations),
    ports: main.ports ?? [],
    probes: probes.flatMap((probe) => (probe?.httpGet ? [probe.httpGet] : [])),
    dials: main.env?.find((variable: { name: string }) => variable.name === 'NATS_URL')?.value,
    user: name === undefined ? undefined : { name, secret: files.get('password') ?? '' },
    certificate: files.has('tls.crt'),
    conf,
    users: conf ? knownUsers(conf) : [],
    remotes: conf ? remotes(conf) : [],
  };
}

function injected(objects: readonly Manifest[], namespace: string, annotations: Labels = {}): boolean {
  const home = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  return (annotations[INJECT] ?? home?.metadata.annotations?.[INJECT]) === 'enabled';
}

function knownUsers(conf: Conf): KnownUser[] {
  const accounts = Object.entries(at(conf, 'accounts') ?? {});
  return accounts
    .filter(([account]) => account !== conf.system_account)
    .flatMap(([, account]) => listed(at(account, 'users')))
    .map((user) => ({
      name: String(at(user, 'user')),
      secret: String(at(user, 'password')),
      connects: listed(at(user, 'allowed_connection_types')).map(String),
      publish: listed(at(user, 'permissions', 'publish', 'allow')).map(String),
      subscribe: listed(at(user, 'permissions', 'subscribe', 'allow')).map(String),
    }));
}

const remotes = (conf: Conf): Remote[] =>
  listed(at(conf, 'leafnodes', 'remotes')).map((remote) => {
    const urls = listed(at(remote, 'urls')).map((text) => new URL(String(text)));
    const { username = '', password = '' } = urls[0] ?? {};
    return {
      addresses: urls.map(({ hostname, port }) => ({ host: hostname, port: Number(port) })),
      user: { name: decodeURIComponent(username), secret: decodeURIComponent(password) },
      tls: at(remote, 'tls') !== undefined,
    };
  });

/** An application of a namespace of its own, of which the manifests have the Secret and nothing else. */
export interface ClientView {
  readonly identity: Identity;
  readonly user: User;
}

export const clients = (secrets: readonly RequiredSecret[]): ClientView[] =>
  secrets.flatMap(({ namespace, usedBy, keys }) => {
    const text = (key: string) => keys[key]?.(NO_CREDENTIALS) ?? '';
    return usedBy === undefined
      ? []
      : [
          {
            identity: { name: usedBy, namespace },
            user: { name: text('username'), secret: text('password') },
          },
        ];
  });

/** Users of a server as whom somebody with this name and password signs in. */
export const signingIn = ({ users }: WorkloadView, { name, secret }: User, connects: string) =>
  users.filter((user) => user.name === name && user.secret === secret && user.connects.includes(connects));
