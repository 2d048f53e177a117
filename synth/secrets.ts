import type { RequiredSecret } from '../constructs/index.ts';
import type { Credentials } from '../model/credentials.ts';
import { clientsFolder, SECRETS_FOLDER } from '../model/names.ts';

/** Beside the manifests, ignored by git, and after `namespace.k8s.yaml` by name. */
export const SECRETS_FILE = 'secrets.k8s.yaml';

/** Where the Secrets of a namespace are written: those of a client are not for a plain `kubectl apply` of the cluster. */
export const secretsFile = (namespace: string, servers: string) =>
  namespace === servers ? SECRETS_FILE : `${clientsFolder(namespace)}/${SECRETS_FILE}`;

/** How the name of an encrypted Secret's file ends. */
export const ENCRYPTED = '.sops.yaml';

/**
 * Where an encrypted Secret is written: in a folder of its own, so that a plain `kubectl apply` of the cluster does not look
 * at it.
 */
export function sopsFile(
  secret: { readonly name: string; readonly namespace: string },
  servers: string,
): string {
  const { name, namespace } = secret;
  const file = `${SECRETS_FOLDER}/${name}${ENCRYPTED}`;
  return namespace === servers ? file : `${clientsFolder(namespace)}/${file}`;
}

/** What the annotations of an object may have together, in bytes; `kubectl apply` keeps a copy of the object there. */
export const ANNOTATION_LIMIT = 256 * 1024;

/**
 * A Secret as Kubernetes takes it. It holds keys and passwords, which base64 does not hide. The API server keeps `data`, so
 * with `stringData` every `kubectl apply` would call the Secret changed. But base64 is a third longer, and where the copy
 * that `kubectl apply` keeps would become too large by that, it is `stringData` all the same.
 */
export interface SecretObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: 'kubernetes.io/tls' | 'Opaque';
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** The Secrets of one cluster, with its keys and passwords, as `kubectl apply` takes them. */
export const secretObjects = (secrets: readonly RequiredSecret[], credentials: Credentials): SecretObject[] =>
  secretsInData(secrets, credentials).map((secret) =>
    sizeOf(secret) > ANNOTATION_LIMIT ? inStringData(secret) : secret,
  );

/** The Secrets of one cluster, with its keys and passwords, all of them in `data`. */
export const secretsInData = (secrets: readonly RequiredSecret[], credentials: Credentials) =>
  secrets.map(({ name, namespace, keys, type }) => ({
    apiVersion: 'v1' as const,
    kind: 'Secret' as const,
    metadata: { name, namespace },
    type,
    data: Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [key, Buffer.from(value(credentials)).toString('base64')]),
    ),
  }));

function inStringData({ data = {}, ...secret }: SecretObject): SecretObject {
  const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  return { ...secret, stringData: Object.fromEntries(texts) };
}

/** Bytes of the copy that `kubectl apply` keeps. */
export const sizeOf = (object: object) => Buffer.byteLength(JSON.stringify(object));

/** Credentials as long as real ones, to see how large Secrets become before anything is minted. */
const SAMPLE: Credentials = {
  certificate: () => ({ crt: '', key: '' }),
  natsCa: '',
  password: () => 'x'.repeat(40),
  passwordHash: () => 'x'.repeat(60),
};

/** Secrets of one cluster that are about as large as the real ones, and hold nothing. */
export const sampleSecrets = (secrets: readonly RequiredSecret[]) => secretObjects(secrets, SAMPLE);

/** Secrets as a manifest. Every cluster has Secrets of its own, so they are written faster than any object could be. */
export const secretsText = (objects: readonly SecretObject[]) => objects.map(secretText).join('---\n');

const secretText = ({
  apiVersion,
  kind,
  metadata,
  type,
  data,
  stringData = {},
}: SecretObject) => `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${quoted(metadata.name)}
  namespace: ${quoted(metadata.namespace)}
type: ${type}
${data ? 'data' : 'stringData'}:
${Object.entries(data ?? stringData)
  .map(entryText)
  .join('')}`;

/** Several lines that can stand as they are: a certificate, a key, a part of `nats.conf`. */
const LINES = /^[!-~][ -~\n]*[!-~]\n$/;
const entryText = ([key, value]: [string, string]) =>
  LINES.test(value) ? `  ${quoted(key)}: |\n${indented(value)}` : `  ${quoted(key)}: ${quoted(value)}\n`;

const indented = (text: string) => text.replace(/^(?=.)/gm, '    ');

/** YAML takes what JSON writes, but for characters that end a line in YAML or cannot be printed. */
const quoted = (text: string) => JSON.stringify(text).replace(NOT_PLAIN, escaped);
const NOT_PLAIN = /[^ -~\u{10000}-\u{10ffff}]/gu;
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The Secrets of one cluster as a manifest. */
export const secretsManifest = (secrets: readonly RequiredSecret[], credentials: Credentials) =>
  secretsText(secretObjects(secrets, credentials));

/** What a person or a secret manager has to provide, when synth writes no Secrets. */
export function secretsWanted(cluster: string, secrets: readonly RequiredSecret[]): string {
  const lines = secrets.map(
    ({ name, namespace, keys, purpose }) =>
      `  ${namespace}/${name}: ${purpose}; keys ${Object.keys(keys).join(', ')}`,
  );
  return [`${cluster} needs these Secrets:`, ...lines].join('\n');
}
