/**
 * A Secret in the format of SOPS, which `sops decrypt` and Flux read. Encrypting takes public keys alone.
 * @see https://getsops.io/docs/#encryption-protocol
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { refuse, shown } from '../../model/checks.ts';
import type { SecretObject } from '../secrets.ts';

/** The version of SOPS whose format this is. */
const FORMAT = '3.11.0';

/** Which keys have values that are encrypted, those of everything below them included. */
const ENCRYPTED = '^(data|stringData)$';

const KEY_BYTES = 32;

/** Encrypts the key of a file for one recipient. */
interface Recipient {
  readonly publicKey: string;
  encrypt(key: Uint8Array): Promise<string>;
}

/**
 * Those who can decrypt what is encrypted for them, by public key.
 * @throws InvalidInput about a public key with a slip of the pen in it
 */
export async function recipientsOf(publicKeys: ReadonlySet<string>): Promise<ReadonlyMap<string, Recipient>> {
  // Loading it takes a good part of a short run, and most have no use for it.
  const { armor, Encrypter } = await import('age-encryption');
  const recipient = (publicKey: string): Recipient => {
    const encrypter = new Encrypter();
    try {
      encrypter.addRecipient(publicKey);
    } catch {
      const problem = `${shown(publicKey)} has a checksum that does not fit; copy that public key once more`;
      refuse({ owner: 'topology.ts', property: 'recipients' }, problem);
    }
    return { publicKey, encrypt: async (key) => armor.encode(await encrypter.encrypt(key)) };
  };
  return new Map([...publicKeys].map((publicKey) => [publicKey, recipient(publicKey)]));
}

/** A Secret whose values only the recipients can read, with the code that shows whether anybody changed it. */
export async function encryptSecret(
  secret: SecretObject,
  recipients: readonly Recipient[],
  now = new Date(),
): Promise<string> {
  const key = randomBytes(KEY_BYTES);
  const lastmodified = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const { apiVersion, kind, metadata, type, data = {} } = secret;
  const { name, namespace } = metadata;
  const sum = createHash('sha512');
  for (const value of [apiVersion, kind, name, namespace, type, ...Object.values(data)]) sum.update(value);
  const mac = sum.digest('hex').toUpperCase();
  const encrypted = Object.entries(data).map(([at, value]) => [at, seal(value, key, `data:${at}:`)]);
  const age = recipients.map(async ({ publicKey, encrypt }) => ({
    recipient: publicKey,
    enc: `${(await encrypt(key)).trimEnd()}\n`,
  }));
  return stringify(
    {
      ...{ apiVersion, kind, metadata: { name, namespace }, type, data: Object.fromEntries(encrypted) },
      sops: {
        ...{ age: await Promise.all(age), lastmodified, mac: seal(mac, key, lastmodified) },
        ...{ encrypted_regex: ENCRYPTED, version: FORMAT },
      },
    },
    { lineWidth: 0 },
  );
}

/** A text, encrypted. @param place - where it stands: moved to another place, it cannot be decrypted any more */
function seal(text: string, key: Uint8Array, place: string): string {
  // An empty text stays as it is, so that SOPS takes it for one.
  if (text === '') return '';
  const iv = randomBytes(KEY_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const parts = { data, iv, tag: cipher.getAuthTag() };
  const shown = Object.entries(parts).map(([part, bytes]) => `${part}:${bytes.toString('base64')}`);
  return `ENC[AES256_GCM,${shown.join(',')},type:str]`;
}
