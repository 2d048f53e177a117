import { type Place, refuse, shown } from '../checks.ts';
import type { Cluster, Topology } from '../topology.ts';
import { isSubdomain } from './qualified-name.ts';

export const SOPS_EXAMPLE = "{ kind: 'sops', recipients: ['age1…'] }";
export const NOT_RECIPIENTS = "is not a list; use for example ['age1…']";
export const NOT_A_RECIPIENT =
  'is no public key of age; use what age-keygen prints as the public key, age1 and 58 more characters';

export const NOT_A_STORE =
  "is not the name of a store; use lower-case letters, digits, '-' and '.', such as nats";
export const NOT_AN_INTERVAL = 'is not a length of time; use a whole number and s, m or h, such as 1h';

const PRIVATE = /^AGE-(SECRET-KEY|PLUGIN)-/i;

/** X25519, which every version of SOPS knows. Its checksum is looked at when a file is encrypted for it. */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;

/** How Secrets get to the clusters. A private key is never shown. */
export function checkSecrets(
  place: (property: string) => Place,
  { secrets }: Topology,
  clusters: readonly (readonly [path: string, Cluster])[],
): void {
  const isSops = typeof secrets === 'object' && secrets.kind === 'sops';
  const shared = isSops ? secrets.recipients : [];
  if (isSops && shared.length === 0)
    refuse(
      place('secrets.recipients'),
      'is empty; name the public key of somebody who can decrypt the Secrets of every cluster',
    );
  if (typeof secrets === 'object' && secrets.kind === 'external-secrets') {
    const { store, refreshInterval = '1h' } = secrets;
    if (!isSubdomain(store.name)) refuse(place('secrets.store.name'), `${shown(store.name)} ${NOT_A_STORE}`);
    if (!/^[1-9]\d*[smh]$/.test(refreshInterval))
      refuse(place('secrets.refreshInterval'), `${shown(refreshInterval)} ${NOT_AN_INTERVAL}`);
  }
  checkRecipients((i) => place(`secrets.recipients[${i}]`), shared);
  for (const [path, { secretRecipients = [] }] of clusters) {
    if (secretRecipients.length > 0 && !isSops)
      refuse(
        place(`${path}.secretRecipients`),
        `needs Secrets that are encrypted; write \`secrets: ${SOPS_EXAMPLE}\``,
      );
    checkRecipients((i) => place(`${path}.secretRecipients[${i}]`), secretRecipients, shared);
  }
}

function checkRecipients(
  place: (i: number) => Place,
  recipients: readonly string[],
  others: readonly string[] = [],
): void {
  for (const [i, recipient] of recipients.entries()) {
    if (PRIVATE.test(recipient))
      refuse(
        place(i),
        'is a private key, which whoever reads topology.ts has now; make a new one, and write its public key, age1…, here',
      );
    if (!RECIPIENT.test(recipient)) refuse(place(i), `${shown(recipient)} ${NOT_A_RECIPIENT}`);
    if (recipients.indexOf(recipient) < i || others.includes(recipient))
      refuse(place(i), `${shown(recipient)} is there twice; name each public key once`);
  }
}
