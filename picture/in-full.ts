/** What the table says of a hop in full. */
import { EACH, type Encryption, type Hop, isInClear, type Proof } from './hop.ts';
import { joined, listed, type Markdown, md, words } from './markdown.ts';
import { count } from './wording.ts';
import type { KnownUser } from './workloads.ts';

const LAYERS: Record<Encryption, Markdown> = {
  Linkerd: md`Linkerd, proxy to proxy with mutual TLS`,
  NATS: md`NATS itself, end to end with mutual TLS`,
};

/** Who encrypts. */
export function encryptionInFull(hop: Hop): Markdown[] {
  if (isInClear(hop)) {
    const seen = hop.users.length > 0 ? md`every message and the password` : md`everything`;
    return [md`**Nobody. Whoever listens on the way reads ${seen}.**`];
  }
  if (hop.kind === 'probe') return [md`Nobody. It does not leave the node.`];
  return hop.encryptedBy.map((layer) =>
    layer === 'Linkerd' && hop.gateway
      ? md`Linkerd with mutual TLS, to its gateway and from there to the broker`
      : LAYERS[layer],
  );
}

/** What one side proves. */
export const proofsInFull = (proven: readonly Proof[], hop: Hop): Markdown =>
  proven.length > 0
    ? joined(
        proven.map((proof) => proofInFull(proof, hop)),
        '; ',
      )
    : md`nothing`;

function proofInFull(proof: Proof, { users }: Hop): Markdown {
  if (proof.kind === 'identity')
    return md`service account ${`${proof.identity.namespace}/${proof.identity.name}`}`;
  if (proof.kind === 'address') return md`an address of ${some(proof.networks, 6)}`;
  if (proof.kind === 'certificate') return md`a certificate of the NATS CA`;
  const names = users.map(({ name }) => name);
  return md`the password of ${listed(names, ' or ')}`;
}

/** Every policy that a hop passes, and what it may do then. */
export function admissionInFull(hop: Hop): Markdown[] {
  const passed = hop.admission.map(({ kind, layer, cluster, policies }) => {
    if (policies.length === 0) return md`**Nothing** (${words(layer)}, ${cluster})`;
    if (kind === 'probe path') return md`Linkerd: GET ${listed(policies)}`;
    return md`${words(kind)} ${listed(policies)} (${cluster === EACH ? words('each cluster') : cluster})`;
  });
  return [...passed, ...hop.users.map(permissions)];
}

function permissions({ name, publish, subscribe }: KnownUser): Markdown {
  const may = [
    ...(publish.length > 0 ? [md`publishes ${listed(publish)}`] : []),
    ...(subscribe.length > 0 ? [md`subscribes to ${listed(subscribe)}`] : []),
  ];
  return md`NATS user ${name}: ${may.length > 0 ? joined(may, '; ') : md`may do nothing`}`;
}

/** Some of a list, and how many more there are. */
export const some = (items: readonly string[], most: number): Markdown =>
  items.length > most
    ? md`${listed(items.slice(0, most))} and ${words(count(items.length - most, 'other'))}`
    : listed(items);
